package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/fhir/xhtml"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// begin counts a resource as an item and makes its header. It gives nil for a
// resource about another person, which is reported and counted as a gap of the
// section, and for a copy of a resource that came before.
func (m *Mapper) begin(e *answer.Entry, section lhcrv1.Section) *lhcrv1.ItemHeader {
	check := m.answer.Subject(e)
	if check == answer.Mismatch {
		e.Report(answer.ReasonOtherPerson)
		m.out.OtherPerson[section]++
		return nil
	}
	e.Item()
	id, unstable, first := m.identify(e)
	if !first {
		return nil
	}
	h := &lhcrv1.ItemHeader{
		ItemId: id, ItemIdUnstable: unstable, RegionId: m.options.RegionID, Section: section,
		SourceType: e.Type, SourceId: e.ID, SubjectCheck: subjectCheck(check),
	}
	m.describe(h, e)
	if m.unlisted(e, section) {
		flag(h, lhcrv1.Flag_FLAG_UNLISTED)
	}
	m.keepSource(e, id)
	return h
}

func subjectCheck(c answer.Check) lhcrv1.SubjectCheck {
	if c == answer.Match {
		return lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH
	}
	return lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED
}

// describe fills what every resource carries in the same place.
func (m *Mapper) describe(h *lhcrv1.ItemHeader, e *answer.Entry) {
	head := e.Head()
	h.Identifiers = contract.Identifiers(head.Identifier)
	h.Status = head.Status
	h.Retracted = isRetracted(head.Status)
	if modified(e) {
		flag(h, lhcrv1.Flag_FLAG_MODIFIER_UNREAD)
		m.out.Modified[h.GetItemId()] = true
	}
	if len(e.Subset()) > 0 {
		m.out.Subset[h.GetItemId()] = true
	}
	h.Lists, h.Heading = m.memberships(e), headingOf(e)
	m.meta(h, head.Meta)
	if h.SourceOrganisation == nil {
		h.SourceOrganisation = m.source
	}
	h.Narrative = narrative(head.Text)
	m.origin(h, e, head.Origin)
}

func (m *Mapper) meta(h *lhcrv1.ItemHeader, meta *model.Meta) {
	if meta == nil {
		return
	}
	h.SourceVersion, h.SourceUpdated = meta.VersionID, contract.When(meta.LastUpdated)
	if len(meta.Security) > 0 {
		h.Security = contract.Codings(meta.Security)
	}
	for i := range meta.Security {
		h.NotForPatient = h.NotForPatient || meta.Security[i].Code == "NOPAT"
	}
	if len(meta.Tag) > 0 {
		h.Tags = contract.Codings(meta.Tag)
	}
	provenance(h, meta)
}

// provenance reads the source from the tags by which exchanges name it: the ODS
// code of the organisation (Interweave's Provenance tag, or the ODS system) and
// the providing system (Interweave's Source tag).
func provenance(h *lhcrv1.ItemHeader, meta *model.Meta) {
	h.SourceSystem = meta.Source
	for i := range meta.Tag {
		tag := &meta.Tag[i]
		switch {
		case isProvenanceTag(tag.System):
			h.SourceOrganisation = &lhcrv1.Organisation{OdsCode: tag.Code, Name: tag.Display}
		case strings.HasSuffix(tag.System, "/Source"):
			h.SourceSystem = tag.Code
		}
	}
}

func isProvenanceTag(system string) bool {
	return strings.HasSuffix(system, "/Provenance") || isODS(system)
}

func isODS(system string) bool {
	return strings.HasSuffix(system, "/ods-organization-code") || strings.HasSuffix(system, "/ods-site-code")
}

// narrative keeps a resource's own rendering unless it says that it was generated
// from the structured entries alone, and so says no more than they do.
func narrative(n *model.Narrative) *lhcrv1.Narrative {
	if n == nil || n.Div == "" || n.Status == "generated" || n.Status == "empty" {
		return nil
	}
	return rendering("", n)
}

// rendering carries a narrative over: to text and to sanitised markup.
func rendering(heading string, n *model.Narrative) *lhcrv1.Narrative {
	if n == nil || n.Div == "" {
		return nil
	}
	safe := xhtml.Read(n.Div)
	if safe.Text == "" && safe.Markup == "" {
		return nil
	}
	return &lhcrv1.Narrative{Heading: heading, Text: safe.Text, Markup: safe.Markup, Status: n.Status}
}

// identify gives a resource its item id (contract REC-021, REC-022): a hash of
// region, provider, type and id. Plans and orders of GP Connect can share an id, so
// the intent of a request counts as part of its type. first is false for a copy of
// a resource that came before.
func (m *Mapper) identify(e *answer.Entry) (id string, unstable, first bool) {
	if id, ok := m.ids[e]; ok {
		return id, false, m.taken[id] == e
	}
	id, unstable = m.hash(e, false)
	if other := m.taken[id]; other != nil {
		if string(other.Source) == string(e.Source) {
			m.ids[e] = id
			return id, unstable, false
		}
		id, unstable = m.hash(e, true)
	}
	m.ids[e], m.taken[id] = id, e
	return id, unstable, true
}

// first is the resource of which e is a copy, or e itself; nil for one that is no item.
func (m *Mapper) first(e *answer.Entry) *answer.Entry { return m.taken[m.ids[e]] }

func (m *Mapper) hash(e *answer.Entry, withContent bool) (id string, unstable bool) {
	name := m.hashed[:0]
	write := func(parts ...string) {
		for _, p := range parts {
			name = append(append(name, p...), 0)
		}
	}
	write(m.options.RegionID, provider(e), kindOf(e))
	switch {
	case withContent:
		unstable = true
		name = append(name, e.Source...)
	case e.ID != "" && !inNameless(e):
		write("id", path(e))
	case businessIdentifier(e) != nil:
		i := businessIdentifier(e)
		write("identifier", i.System, i.Value)
	case e.ID != "":
		write("id", path(e))
	default:
		unstable = true
		name = append(name, e.Source...)
	}
	m.hashed = name // kept to be written over by the next
	sum := sha256.Sum256(name)
	return hex.EncodeToString(sum[:16]), unstable
}

func provider(e *answer.Entry) string {
	meta := e.Head().Meta
	if meta == nil {
		return ""
	}
	for i := range meta.Tag {
		if isProvenanceTag(meta.Tag[i].System) {
			return meta.Tag[i].Code
		}
	}
	return ""
}

func kindOf(e *answer.Entry) string {
	if r := answer.As[model.MedicationRequest](e); r != nil {
		return e.Type + ":" + r.Intent
	}
	return e.Type
}

func path(e *answer.Entry) string {
	if e.Container == nil {
		return e.ID
	}
	return kindOf(e.Container) + "/" + path(e.Container) + "#" + e.ID
}

// inNameless reports a contained resource whose id means nothing outside of a
// container that has none itself (GP Connect's lists): its business identifier says more.
func inNameless(e *answer.Entry) bool {
	for c := e.Container; c != nil; c = c.Container {
		if c.ID == "" {
			return true
		}
	}
	return false
}

func businessIdentifier(e *answer.Entry) *model.Identifier {
	list := e.Head().Identifier
	for i := range list {
		if list[i].Value != "" {
			return &list[i]
		}
	}
	return nil
}

func (m *Mapper) keepSource(e *answer.Entry, id string) {
	if !m.options.IncludeSource {
		return
	}
	source := &lhcrv1.SourceResource{RegionId: m.options.RegionID, ItemId: id, Content: e.Source}
	if e.Page < len(m.options.MediaTypes) {
		source.MediaType = m.options.MediaTypes[e.Page]
	}
	m.out.Sources = append(m.out.Sources, source)
}

// flag adds a flag to a header once.
func flag(h *lhcrv1.ItemHeader, f lhcrv1.Flag) {
	for _, have := range h.GetFlags() {
		if have == f {
			return
		}
	}
	h.Flags = append(h.Flags, f)
}

// flagConcepts flags what the concepts of an item say of themselves.
func flagConcepts(h *lhcrv1.ItemHeader, concepts ...*lhcrv1.Concept) {
	for _, c := range concepts {
		if c.GetDegraded() {
			flag(h, lhcrv1.Flag_FLAG_DEGRADED)
		}
		if c.GetCodingsDisagree() {
			flag(h, lhcrv1.Flag_FLAG_CODINGS_DISAGREE)
		}
	}
}
