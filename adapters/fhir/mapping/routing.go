package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Under which heading an item is delivered, in the order in which it is decided:
//
//  1. by the resource's type, where the type is of one heading;
//  2. by its category: an observation's (FHIR's observation categories, and the
//     headings of the Summary Care Record as SNOMED CT codes), a care plan's, a
//     request's;
//  3. else where its type is usually recorded: an observation without a category
//     stays an investigation result.
//
// A code never moves an item. What a code says beside that (end of life care,
// safeguarding, pregnancy, a blood pressure among the investigations) makes the item
// part of another heading too (ItemHeader.also_under): it is kept where it was
// recorded and found where it is looked for.

// observationSections are the headings of observation categories.
var observationSections = map[string]lhcrv1.Section{
	// http://terminology.hl7.org/CodeSystem/observation-category, and STU3's
	// http://hl7.org/fhir/observation-category.
	"laboratory":     lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"imaging":        lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"procedure":      lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"vital-signs":    lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	"exam":           lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	"social-history": lhcrv1.Section_SECTION_SOCIAL_CONTEXT,
	"survey":         lhcrv1.Section_SECTION_ASSESSMENTS,
	// SNOMED CT.
	"394595002":       lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, // Pathology
	"163141000000104": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, // Investigation results
	"365605003":       lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,  // Body measurement finding
	"228272008":       lhcrv1.Section_SECTION_SOCIAL_CONTEXT,        // Health-related behaviour
	"163231000000100": lhcrv1.Section_SECTION_RISKS,                 // Risks to patient
}

// observationSection is the heading that an observation's categories name. One that
// makes it an investigation wins, so that no result leaves its report.
func observationSection(r *model.Observation) lhcrv1.Section {
	out := lhcrv1.Section_SECTION_UNSPECIFIED
	for i := range r.Category {
		for j := range r.Category[i].Coding {
			s := headingOfCategory(r.Category[i].Coding[j].Code)
			if s == lhcrv1.Section_SECTION_INVESTIGATION_RESULTS {
				return s
			}
			if out == lhcrv1.Section_SECTION_UNSPECIFIED {
				out = s
			}
		}
	}
	if out == lhcrv1.Section_SECTION_UNSPECIFIED {
		return lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
	}
	return out
}

// headingOfCategory is the heading that a category names; documents give the code of their section.
func headingOfCategory(code string) lhcrv1.Section {
	if s, ok := observationSections[code]; ok {
		return s
	}
	return sectionCodes[code]
}

func hasCategory(list []model.Concept, code string) bool {
	for i := range list {
		if list[i].HasCode(code) {
			return true
		}
	}
	return false
}

// route adds the headings to which an item's codes belong beside its own.
func route(h *lhcrv1.ItemHeader, concepts ...*model.Concept) {
	for _, c := range concepts {
		if c == nil {
			continue
		}
		for i := range c.Coding {
			for _, s := range headings(&c.Coding[i]) {
				alsoUnder(h, s, true)
			}
		}
	}
}

// routeAll is route over several lists.
func routeAll(h *lhcrv1.ItemHeader, lists ...[]model.Concept) {
	for _, list := range lists {
		for i := range list {
			route(h, &list[i])
		}
	}
}

func headings(c *model.Coding) []lhcrv1.Section {
	switch model.CanonicalSystem(c.System) {
	case model.SNOMED, "http://loinc.org":
		if s := headingsOfCode[c.Code]; s != nil {
			return s
		}
		if isFamilyHistory(c.Display) {
			return []lhcrv1.Section{lhcrv1.Section_SECTION_FAMILY_HISTORY}
		}
	}
	return nil
}

// routeAllergy adds the allergies to the headings of a problem or an alert that is one
// by its code or by its words. What states that there is none is none, and so is a
// relative's. Nothing is inferred of its status.
func routeAllergy(h *lhcrv1.ItemHeader, c *model.Concept) {
	if c == nil {
		return
	}
	told := namesAllergy(c.Text)
	for i := range c.Coding {
		_, term := c.Coding[i].DescriptionID()
		told = told || namesAllergy(c.Coding[i].Display) || namesAllergy(term)
		if isFamilyHistory(c.Coding[i].Display) || codedAbsence(&c.Coding[i]) != noAbsence {
			return
		}
	}
	alsoUnder(h, lhcrv1.Section_SECTION_ALLERGIES, told)
}

func namesAllergy(words string) bool {
	if wordedAbsence(words) != noAbsence || isFamilyHistory(words) {
		return false
	}
	words = strings.ToLower(words)
	return strings.Contains(words, "allerg") || strings.Contains(words, "anaphyl")
}

// isFamilyHistory knows the many codes for a relative's illness (and for its
// absence) by how their names begin.
func isFamilyHistory(display string) bool {
	words := strings.ToLower(display)
	for _, start := range []string{"fh:", "fh -", "family history", "no family history"} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	return false
}

// planSections are the headings of care plans by their category (SNOMED CT record
// artefacts and NHS document types).
var planSections = map[string]lhcrv1.Section{
	"736373009":        lhcrv1.Section_SECTION_END_OF_LIFE_CARE,  // End of life care plan
	"861421000000109":  lhcrv1.Section_SECTION_END_OF_LIFE_CARE,  // End of life care coordination summary
	"1382601000000107": lhcrv1.Section_SECTION_END_OF_LIFE_CARE,  // ReSPECT form
	"736366004":        lhcrv1.Section_SECTION_END_OF_LIFE_CARE,  // Advance care plan
	"735324008":        lhcrv1.Section_SECTION_CONTINGENCY_PLANS, // Treatment escalation plan
	"887701000000100":  lhcrv1.Section_SECTION_CONTINGENCY_PLANS, // Emergency health care plan
	"325691000000100":  lhcrv1.Section_SECTION_CONTINGENCY_PLANS, // Contingency plan
}

// planSection is the heading of a care plan.
func planSection(categories []model.Concept) lhcrv1.Section {
	for i := range categories {
		for j := range categories[i].Coding {
			if s, ok := planSections[categories[i].Coding[j].Code]; ok {
				return s
			}
		}
	}
	return lhcrv1.Section_SECTION_CARE_AND_SUPPORT_PLAN
}

// generalSections are the headings of clinical types that have no message and no
// mapper of their own.
var generalSections = map[string]lhcrv1.Section{
	"AdverseEvent":           lhcrv1.Section_SECTION_RISKS,
	"AppointmentResponse":    lhcrv1.Section_SECTION_FUTURE_APPOINTMENTS,
	"BodySite":               lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	"BodyStructure":          lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	"DetectedIssue":          lhcrv1.Section_SECTION_RISKS,
	"GuidanceResponse":       lhcrv1.Section_SECTION_ASSESSMENTS,
	"ImmunizationEvaluation": lhcrv1.Section_SECTION_ASSESSMENTS,
	"ResearchSubject":        lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH,
	"RiskAssessment":         lhcrv1.Section_SECTION_RISKS,
	"VisionPrescription":     lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
}

// generalAlso are the further headings of those types: where a reader would look
// for them and their message does not fit.
var generalAlso = map[string]lhcrv1.Section{
	"AdverseEvent":               lhcrv1.Section_SECTION_ALLERGIES,
	"DeviceRequest":              lhcrv1.Section_SECTION_MEDICATIONS,
	"DeviceUseStatement":         lhcrv1.Section_SECTION_MEDICATIONS,
	"ImmunizationEvaluation":     lhcrv1.Section_SECTION_VACCINATIONS,
	"ImmunizationRecommendation": lhcrv1.Section_SECTION_VACCINATIONS,
	"SupplyDelivery":             lhcrv1.Section_SECTION_MEDICATIONS,
	"SupplyRequest":              lhcrv1.Section_SECTION_MEDICATIONS,
	"ImagingManifest":            lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"ImagingStudy":               lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"Media":                      lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
}

// generalSection is the heading of a clinical type without a mapper of its own.
func generalSection(resourceType string) lhcrv1.Section {
	if s, ok := generalSections[resourceType]; ok {
		return s
	}
	return lhcrv1.Section_SECTION_SERVICES_AND_CARE
}

// put appends a statement to the record under a heading. Headings whose items have a
// message of their own take no statement: there it goes under services and care, and
// its header says so.
func (m *Mapper) put(section lhcrv1.Section, s *lhcrv1.Statement) {
	field := statements(m.record, section)
	if field == nil {
		s.Header.Section = lhcrv1.Section_SECTION_SERVICES_AND_CARE
		alsoUnder(s.GetHeader(), section, true)
		field = &m.record.ServicesAndCare
	}
	*field = append(*field, s)
}

// statements is the record's field of a heading that takes statements, else nil.
func statements(r *lhcrv1.Record, section lhcrv1.Section) *[]*lhcrv1.Statement {
	switch section {
	case lhcrv1.Section_SECTION_PROFESSIONAL_CONTACTS:
		return &r.ProfessionalContacts
	case lhcrv1.Section_SECTION_INVESTIGATIONS_REQUESTED:
		return &r.InvestigationsRequested
	case lhcrv1.Section_SECTION_EXAMINATION_FINDINGS:
		return &r.ExaminationFindings
	case lhcrv1.Section_SECTION_ASSESSMENTS:
		return &r.Assessments
	case lhcrv1.Section_SECTION_RISKS:
		return &r.Risks
	case lhcrv1.Section_SECTION_LEGAL_INFORMATION:
		return &r.LegalInformation
	case lhcrv1.Section_SECTION_FAMILY_HISTORY:
		return &r.FamilyHistory
	case lhcrv1.Section_SECTION_SOCIAL_CONTEXT:
		return &r.SocialContext
	case lhcrv1.Section_SECTION_REFERRAL_DETAILS:
		return &r.ReferralDetails
	case lhcrv1.Section_SECTION_FUTURE_APPOINTMENTS:
		return &r.FutureAppointments
	case lhcrv1.Section_SECTION_SERVICES_AND_CARE:
		return &r.ServicesAndCare
	case lhcrv1.Section_SECTION_GOALS:
		return &r.Goals
	case lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH:
		return &r.ParticipationInResearch
	}
	return nil
}
