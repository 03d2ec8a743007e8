package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// composition maps the frame of a document (a Summary Care Record, a discharge
// summary): itself to a document, the narratives of its sections to the headings that
// they are of, and sections that are of no heading to clinical notes. A narrative can
// say more than the entries beside it (contract REC-016), so it is kept whatever its
// status says.
func (m *Mapper) composition(e *answer.Entry, r *model.Composition) {
	listed := m.listedAs(e, r)
	h := m.beginFrame(e, listed)
	if h == nil {
		return
	}
	d := &lhcrv1.Document{
		Header: h, Type: contract.Concept(r.Type), Classes: contract.Concepts(r.Class), Description: r.Title,
		Created: contract.When(r.Date), Custodian: m.organisation(e, r.Custodian),
	}
	if r.Confidence != "" {
		d.Confidentiality = []*lhcrv1.Coding{{Code: r.Confidence}}
	}
	d.DocumentStatus = h.GetStatus()
	m.participants(h, e, asAuthor, r.Author)
	m.inEncounter(e, r.Encounter)
	m.relations(d, e, r.RelatesTo)
	route(h, r.Type)
	m.sections(e, d, r.Section, m.framePath(h), "")
	m.rest(h, e)
	if listed == nil { // what a listing says of its document is the same, whether the document is read or not
		m.record.Documents = append(m.record.Documents, d)
	}
}

// beginFrame begins the frame of a document: a part of its listing's item, if it is
// listed in the same answer, else an item.
func (m *Mapper) beginFrame(e *answer.Entry, listed *lhcrv1.Document) *lhcrv1.ItemHeader {
	if listed != nil {
		return m.beginListed(e, listed.GetHeader())
	}
	return m.begin(e, lhcrv1.Section_SECTION_DOCUMENTS)
}

// sections goes through a document's sections; path tells sections of one title
// apart, above are the titles of the sections around them.
func (m *Mapper) sections(e *answer.Entry, d *lhcrv1.Document, list []model.Section, path, above string) {
	for i := range list {
		s := &list[i]
		here, title := path+"/"+strconv.Itoa(i), sectionTitle(s)
		if above != "" {
			title = above + " / " + title
		}
		for j := range s.Entry {
			m.labelled(e, toHeaded, &s.Entry[j], title)
		}
		m.sectionText(e, d, s, here, title)
		m.sections(e, d, s.Section, here, title)
	}
}

func sectionTitle(s *model.Section) string {
	if s.Title != "" {
		return s.Title
	}
	return s.Code.Show()
}

// sectionText delivers the narrative of a section under the heading that it is of. The
// text of a document that was retracted, or of a section of no heading, is a clinical
// note: it carries the document's status, and no heading's answer holds it.
func (m *Mapper) sectionText(e *answer.Entry, d *lhcrv1.Document, s *model.Section, path, title string) {
	heading, known := documentHeading(s)
	known = known && !d.GetHeader().GetRetracted()
	m.sectionEmpty(d, s, heading, known, title)
	n := rendering(title, s.Text)
	if n == nil {
		return
	}
	m.sign(n, e, d, s)
	if known {
		m.out.Narratives[heading] = append(m.out.Narratives[heading], n)
		return
	}
	m.sectionNote(e, d, s, path, n)
}

// sectionEmpty keeps why a section is empty: with its heading, if it is of one, and
// with the document.
func (m *Mapper) sectionEmpty(d *lhcrv1.Document, s *model.Section, heading lhcrv1.Section, known bool, title string) {
	reason := contract.Concept(s.EmptyReason)
	if reason == nil {
		return
	}
	if known {
		m.out.EmptyReasons[heading] = append(m.out.EmptyReasons[heading], reason)
	}
	remark(d.GetHeader(), "section.emptyReason", strings.TrimSpace(title+" "+reason.GetDisplay()))
}

// sign says of which document a narrative is, of when, and by whom: the section's own
// authors, else the document's.
func (m *Mapper) sign(n *lhcrv1.Narrative, e *answer.Entry, d *lhcrv1.Document, s *model.Section) {
	n.ItemId, n.Date = d.GetHeader().GetItemId(), d.GetCreated()
	for i := range s.Author {
		if a := m.actor(e, &s.Author[i]); a != nil {
			n.Authors = append(n.Authors, a)
		}
	}
	if len(n.GetAuthors()) > 0 {
		return
	}
	for _, p := range d.GetHeader().GetParticipants() {
		if p.GetKind() == asAuthor {
			n.Authors = append(n.Authors, p.GetActor())
		}
	}
}

// sectionNote makes a clinical note of a section.
func (m *Mapper) sectionNote(e *answer.Entry, d *lhcrv1.Document, s *model.Section, path string, n *lhcrv1.Narrative) {
	h, title := d.GetHeader(), n.GetHeading()
	note := &lhcrv1.ItemHeader{
		ItemId: derivedID(h.GetItemId(), path), ItemIdUnstable: h.GetItemIdUnstable(), RegionId: h.GetRegionId(),
		Section: lhcrv1.Section_SECTION_CLINICAL_NOTES, SourceType: h.GetSourceType(), SourceId: h.GetSourceId(),
		SourceVersion: h.GetSourceVersion(), SourceOrganisation: h.GetSourceOrganisation(), SourceSystem: h.GetSourceSystem(),
		Status: h.GetStatus(), SubjectCheck: h.GetSubjectCheck(), Participants: h.GetParticipants(), Recorded: h.GetRecorded(),
		SourceUpdated: h.GetSourceUpdated(), Security: h.GetSecurity(), NotForPatient: h.GetNotForPatient(),
		Heading: title, Tags: h.GetTags(), Retracted: h.GetRetracted(), Flags: h.GetFlags(),
	}
	m.participants(note, e, asAuthor, s.Author)
	m.record.ClinicalNotes = append(m.record.ClinicalNotes, &lhcrv1.ClinicalNote{
		Header: note, Text: n.GetText(), MediaType: "text/plain", Type: contract.Concept(s.Code),
		Date: d.GetCreated(), Narrative: n,
	})
	m.out.Links = append(m.out.Links, &lhcrv1.ItemLink{
		RegionId: h.GetRegionId(), FromItemId: h.GetItemId(), ToItemId: note.GetItemId(), Kind: toHeaded, Label: title,
	})
}

// derivedID is the id of a part of an item: as stable as the item's own.
func derivedID(item, part string) string {
	sum := sha256.Sum256([]byte(item + "\x00" + part))
	return hex.EncodeToString(sum[:16])
}

// documentHeadings are the headings of document sections by their codes: those of the
// Summary Care Record, and UK Core's record standard headings.
var documentHeadings = map[string]lhcrv1.Section{
	"AllergiesHeader":      lhcrv1.Section_SECTION_ALLERGIES,
	"AcuteMedsHeader":      lhcrv1.Section_SECTION_MEDICATIONS,
	"RepeatMedsHeader":     lhcrv1.Section_SECTION_MEDICATIONS,
	"DiscRepeatMedsHeader": lhcrv1.Section_SECTION_MEDICATIONS,
	"DiagnosesHeader":      lhcrv1.Section_SECTION_PROBLEMS,
	"ProblemsHeader":       lhcrv1.Section_SECTION_PROBLEMS,
	"RisksToPatientHeader": lhcrv1.Section_SECTION_RISKS,
	"TreatmentsHeader":     lhcrv1.Section_SECTION_PROCEDURES,
	"ObservationsHeader":   lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	"ResultsHeader":        lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"EventsHeader":         lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS,
	"PreferencesHeader":    lhcrv1.Section_SECTION_ABOUT_ME,

	"allergies-and-adverse-reaction":          lhcrv1.Section_SECTION_ALLERGIES,
	"allergies-and-adverse-reactions":         lhcrv1.Section_SECTION_ALLERGIES,
	"medications-and-medical-devices":         lhcrv1.Section_SECTION_MEDICATIONS,
	"diagnoses":                               lhcrv1.Section_SECTION_PROBLEMS,
	"problems-and-issues":                     lhcrv1.Section_SECTION_PROBLEMS,
	"problem-list":                            lhcrv1.Section_SECTION_PROBLEMS,
	"procedures":                              lhcrv1.Section_SECTION_PROCEDURES,
	"procedures-and-therapies":                lhcrv1.Section_SECTION_PROCEDURES,
	"investigation-results":                   lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"investigations-and-procedures-requested": lhcrv1.Section_SECTION_INVESTIGATIONS_REQUESTED,
	"examination-findings":                    lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	"assessment-scales":                       lhcrv1.Section_SECTION_ASSESSMENTS,
	"assessments":                             lhcrv1.Section_SECTION_ASSESSMENTS,
	"admission-details":                       lhcrv1.Section_SECTION_ADMISSION_DETAILS,
	"discharge-details":                       lhcrv1.Section_SECTION_DISCHARGE_DETAILS,
	"attendance-details":                      lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS,
	"plan-and-requested-actions":              lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS,
	"family-history":                          lhcrv1.Section_SECTION_FAMILY_HISTORY,
	"social-context":                          lhcrv1.Section_SECTION_SOCIAL_CONTEXT,
	"legal-information":                       lhcrv1.Section_SECTION_LEGAL_INFORMATION,
	"safety-alerts":                           lhcrv1.Section_SECTION_ALERTS,
	"alerts":                                  lhcrv1.Section_SECTION_ALERTS,
	"risks":                                   lhcrv1.Section_SECTION_RISKS,
	"safeguarding":                            lhcrv1.Section_SECTION_SAFEGUARDING,
	"referral-details":                        lhcrv1.Section_SECTION_REFERRAL_DETAILS,
	"referrer-details":                        lhcrv1.Section_SECTION_REFERRAL_DETAILS,
	"patient-demographics":                    lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS,
	"general-practitioner-practice":           lhcrv1.Section_SECTION_GP_PRACTICE,
	"about-me":                                lhcrv1.Section_SECTION_ABOUT_ME,
	"individual-requirements":                 lhcrv1.Section_SECTION_INDIVIDUAL_REQUIREMENTS,
	"participation-in-research":               lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH,
	"vaccinations":                            lhcrv1.Section_SECTION_VACCINATIONS,
	"immunisations":                           lhcrv1.Section_SECTION_VACCINATIONS,
	"end-of-life-care":                        lhcrv1.Section_SECTION_END_OF_LIFE_CARE,
}

// headingWords tell a section by its title, where it has no code that is known.
var headingWords = []struct {
	start   string
	section lhcrv1.Section
}{
	{"allerg", lhcrv1.Section_SECTION_ALLERGIES},
	{"acute medication", lhcrv1.Section_SECTION_MEDICATIONS},
	{"current repeat medication", lhcrv1.Section_SECTION_MEDICATIONS},
	{"discontinued repeat medication", lhcrv1.Section_SECTION_MEDICATIONS},
	{"medication", lhcrv1.Section_SECTION_MEDICATIONS},
	{"diagnos", lhcrv1.Section_SECTION_PROBLEMS},
	{"problem", lhcrv1.Section_SECTION_PROBLEMS},
	{"vaccination", lhcrv1.Section_SECTION_VACCINATIONS},
	{"immuni", lhcrv1.Section_SECTION_VACCINATIONS},
	{"investigation result", lhcrv1.Section_SECTION_INVESTIGATION_RESULTS},
	{"procedures", lhcrv1.Section_SECTION_PROCEDURES},
	{"family history", lhcrv1.Section_SECTION_FAMILY_HISTORY},
	{"social context", lhcrv1.Section_SECTION_SOCIAL_CONTEXT},
}

// documentHeading is the heading that a document's section is of: by code, else by
// how its title begins.
func documentHeading(s *model.Section) (lhcrv1.Section, bool) {
	if s.Code != nil {
		for i := range s.Code.Coding {
			code := s.Code.Coding[i].Code
			if found, ok := documentHeadings[code]; ok {
				return found, true
			}
			if found, ok := sectionCodes[code]; ok {
				return found, found != lhcrv1.Section_SECTION_CLINICAL_NOTES
			}
		}
	}
	title := strings.ToLower(sectionTitle(s))
	for _, w := range headingWords {
		if strings.HasPrefix(title, w.start) {
			return w.section, true
		}
	}
	return lhcrv1.Section_SECTION_UNSPECIFIED, false
}
