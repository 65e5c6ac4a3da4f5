"""What is coming up for one person."""

from datetime import timedelta

from tests.factories import make_person, make_project
from tests.query_plans import steps
from tracker.database import db
from tracker.dates import PartialDate, earth_day
from tracker.milestones import actions, queries
from tracker.projects.states import ProjectState

SOON = timedelta(days=60)


def test_what_is_coming_is_found_by_indexes_alone(app):
    person = make_project(ProjectState.RUNNING).lead
    of_milestones = [step for step in steps(lambda: queries.coming(person, SOON)) if " milestone " in step]
    assert all(step.startswith("SEARCH milestone USING") for step in of_milestones)
    assert not [step for step in of_milestones if "last_day<?" in step and "_id=?" not in step]


def test_each_milestone_comes_once_whichever_ways_it_is_ones_own(app):
    project = make_project(ProjectState.RUNNING)
    for known in queries.plan(project):
        db.session.delete(known)
    db.session.flush()
    due = PartialDate.of(earth_day() + timedelta(days=9))
    given = {"due": due, "actor": project.lead}
    own = actions.add_milestone(project, name="Draft", partner=project.partners[0], **given)
    own.person = project.lead
    others = actions.add_milestone(project, name="Survey", partner=project.partners[1], **given)
    done = actions.add_milestone(project, name="Kick-off", partner=project.partners[0], **given)
    actions.mark_done(done, on=PartialDate.of(earth_day()), actor=project.lead)
    contact = project.partner_people[0]
    assert queries.coming(project.lead, SOON) == [own, others]
    assert queries.coming(contact, SOON) == [others]
    assert queries.coming(project.lead, timedelta(days=8)) == queries.coming(make_person(), SOON) == []
