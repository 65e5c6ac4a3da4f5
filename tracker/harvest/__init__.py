"""The library for machines: OAI-PMH, Signposting, the sitemap, and deposits with DataCite and Crossref."""
