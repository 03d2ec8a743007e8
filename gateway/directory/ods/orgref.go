package ods

import (
	"strings"
	"time"
)

// The relationships by which an organisation lies in an area (ODS_Relationship). Who
// operates an organisation (RE6) is not among them: a pharmacy's company may lie anywhere.
const (
	relCommissionedBy = "RE4"
	relInGeographyOf  = "RE5"
	relConstituentOf  = "RE11"
)

// The roles of an integrated care board (ODS_Role): its own, and the strategic partnership
// that is kept as its primary one.
const (
	roleBoard       = "RO318"
	rolePartnership = "RO261"
)

func placing(relationship string) bool {
	return relationship == relCommissionedBy || relationship == relInGeographyOf || relationship == relConstituentOf
}

// organisationOf reads an Organisation of HSCOrgRefData. Its parts are called in full or
// for short, which varies from release to release.
func organisationOf(t *tree, on time.Time) said {
	root := &t.nodes[0]
	s := said{
		name: t.child(0, "Name").value(), stub: root.attr("refOnly") == "true",
	}
	if id := t.child(0, "OrgId"); id != nil {
		s.code = id.attr("extension")
	}
	s.status = wordOf(t.child(0, "Status").value())
	t.within(0, func(at int) { s.role(t, at) }, "Role")
	t.within(0, func(at int) { s.relationship(t, at, on) }, "Rel", "Relationship")
	t.within(0, func(at int) { s.succession(t, at) }, "Succ", "Successor")
	return s
}

// role notes what a role tells. Some organisations have no status of their own: then that
// of their primary role counts.
func (s *said) role(t *tree, at int) {
	role := &t.nodes[at]
	status := t.statusOf(at)
	if s.status == unsaid && role.attr("primaryRole") == "true" {
		s.status = status
	}
	if id := role.attr("id"); (id == roleBoard || id == rolePartnership) && status != closed {
		s.board = true
	}
}

func (s *said) relationship(t *tree, at int, on time.Time) {
	if !placing(t.nodes[at].attr("id")) {
		return
	}
	if code := t.targetOf(at); code != "" {
		kind := in
		if t.statusOf(at) == closed || t.ended(at, on) {
			kind = formerly
		}
		s.links = append(s.links, link{kind, code})
	}
}

func (s *said) succession(t *tree, at int) {
	code := t.targetOf(at)
	said := t.child(at, "Type").value()
	if said == "" {
		said = t.nodes[at].attr("type")
	}
	switch strings.ToLower(said) {
	case "successor":
		s.links = append(s.links, link{successor, code})
	case "predecessor":
		s.links = append(s.links, link{predecessor, code})
	}
}

// targetOf is the code of the organisation that a relationship leads to.
func (t *tree) targetOf(at int) string {
	if id := t.child(at, "Target", "OrgId"); id != nil {
		return id.attr("extension")
	}
	return ""
}

// statusOf is the status of a role or a relationship, which stands in it or beside its name.
func (t *tree) statusOf(at int) standing {
	if status := t.nodes[at].attr("status"); status != "" {
		return wordOf(status)
	}
	return wordOf(t.child(at, "Status").value())
}

// ended says whether the operational period of a relationship is over.
func (t *tree) ended(at int, on time.Time) bool {
	over := false
	t.children(at, func(date int) {
		end, ok := dayOf(t.child(date, "End").value())
		over = over || ok && t.child(date, "Type").value() == "Operational" && end.Before(on)
	}, "Date")
	return over
}

func wordOf(status string) standing {
	switch strings.ToLower(status) {
	case "active", "true":
		return open
	case "inactive", "false":
		return closed
	}
	return unsaid
}
