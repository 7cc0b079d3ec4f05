"""Paper: pages as PDF at /paper and their own address, the same operation read to its end, the same template."""

from web.helping import of_role
from web.paper.leaves import of_today, paper
from web.paper.letters import issues_paper

routes = [
    paper("/members", "members/list"),
    paper("/members/roster", "members/roster", of_today("members/roster")),
    paper("/members/labels", "members/labels", of_today("members/labels")),
    paper("/bodies", "bodies/list"),
    paper("/bodies/{id}", "bodies/show"),
    paper("/learning-groups", "learning/list"),
    paper("/learning-groups/{id}", "learning/show"),
    paper("/coverage", "learning/coverage"),
    paper("/documents/{id}/readers", "readers/show"),
    paper("/announcements/{id}/readers", "announcements/readers"),
    paper("/readers/{id}", "readers/person"),
    paper("/help/{role}", "help/show", of_role),
    paper("/mailings/{id}/slips", "messages/slips"),
    issues_paper("/invitations/letters", "invitations/letters", "PrintInvitations"),
    issues_paper("/invitations/people/{id}", "invitations/person", "IssueCode"),
    issues_paper("/accounts/{id}/invitation", "invitations/account", "InviteAccount"),
]
