from flask import Blueprint

bp = Blueprint("reviewing", __name__)
