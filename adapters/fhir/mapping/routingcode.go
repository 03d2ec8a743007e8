package mapping

import lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// headingCodes are codes that make an item part of a heading beside the one under
// which it was recorded: SNOMED CT (UK edition), and LOINC where written with a
// hyphen. It is a small table of what GP, hospital and end of life (EPaCCS, ReSPECT)
// records were seen to carry or national guidance names; a code that is not here
// changes nothing.
var headingCodes = []struct {
	section lhcrv1.Section
	codes   []string
}{
	{lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, []string{
		// Blood pressure.
		"75367002", "163020007", "163033001", "163034007", "163035008", "163030003", "163031004", "271649006",
		"271650006", "72313002", "1091811000000102", "407554009", "407555005", "407556006", "407557002", "400974009",
		"400975005", "413153004", "271870002", "716579001", "716632005", "85354-9", "8480-6", "8462-4",
		// Weight, height, body mass index, waist.
		"27113001", "162763007", "364589006", "170804003", "29463-7", "8339-4", "50373000", "162755006", "248333004",
		"1153637007", "8302-2", "60621009", "301331008", "39156-5", "276361009",
		// Pulse, temperature, breathing, oxygen saturation.
		"78564009", "364075005", "8499008", "271637005", "8867-4", "703421000", "386725007", "276885007", "8310-5",
		"86290005", "9279-1", "431314004", "1097811000000106", "927981000000106", "103228002", "2708-6", "59408-5",
		// Examination.
		"163942006", "162702000",
	}},
	{lhcrv1.Section_SECTION_ASSESSMENTS, []string{
		// National Early Warning Score and its parts, consciousness.
		"1104051000000101", "1104301000000104", "1104311000000102", "1104331000000105", "1104341000000101",
		"1104351000000103", "1104361000000100", "1104371000000107", "859261000000108", "1365101000000108",
		"1104441000000107", "248241002",
		// Clinical Frailty Scale, PHQ-9, GAD-7, AUDIT, assessment of needs.
		"763264000", "720433000", "445455005", "443280005", "225343006",
	}},
	{lhcrv1.Section_SECTION_SOCIAL_CONTEXT, []string{
		// Smoking.
		"266919005", "77176002", "8517006", "8392000", "229819007", "365981007", "230056004", "428041000124106", "72166-2",
		// Alcohol.
		"1082641000000106", "1082631000000102", "160573003", "105542008", "219006", "228276006", "783261004", "82581004",
		// Housebound, lives alone, carers, occupation.
		"160689007", "105529008", "224484003", "184156003", "14679004",
	}},
	{lhcrv1.Section_SECTION_PREGNANCY_STATUS, []string{
		"77386006", "60001007", "146799005", "1003161000000106", "82810-3",
	}},
	{lhcrv1.Section_SECTION_END_OF_LIFE_CARE, []string{
		// Resuscitation status.
		"450475007", "450476008", "304251008", "304252001", "304253006", "975291000000108",
		// Preferred place of death and of care.
		"110481000000108", "109401000000108", "395687000", "505401000000102",
		// Register, Gold Standards Framework, palliative care, anticipatory medicines.
		"526631000000108", "861411000000103", "845721000000108", "518901000000101", "103735009", "395695001",
		"395092004", "443761007", "306237005", "196121000000104", "376201000000102", "871021000000106",
		// Plans and summaries.
		"736373009", "861421000000109", "1382601000000107", "736366004", "735324008", "371538006", "882981000000105",
	}},
	{lhcrv1.Section_SECTION_CONTINGENCY_PLANS, []string{
		"735324008", "887701000000100", "325691000000100", "443761007",
	}},
	{lhcrv1.Section_SECTION_LEGAL_INFORMATION, []string{
		// Power of attorney, capacity, advance decisions, consent to sharing.
		"341051000000100", "787381000000106", "371538006", "882981000000105", "417528008",
	}},
	{lhcrv1.Section_SECTION_RISKS, []string{
		"225444004", "129839007", // at risk of suicide, of falls
	}},
	{lhcrv1.Section_SECTION_SAFEGUARDING, []string{
		"342191000000101", // subject to child protection plan
	}},
	{lhcrv1.Section_SECTION_ALLERGIES, []string{
		// Allergy and intolerance: to a substance, a drug, a food; the propensity to adverse reactions.
		"419199007", "416098002", "414285001", "420134006", "418038007", "419511003", "59037007", "235719002",
		// Penicillin, amoxicillin, aspirin, sulfonamide, erythromycin, peanut, nut, egg, shellfish, latex.
		"91936005", "294505008", "293586001", "91939003", "91931000", "91935009", "91934008", "91930004", "300913006", "300916003",
		// Anaphylaxis.
		"39579001",
	}},
	{lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH, []string{
		"428024001", // clinical trial participant
	}},
}

// headingsOfCode is headingCodes the other way round; read only.
var headingsOfCode = func() map[string][]lhcrv1.Section {
	out := map[string][]lhcrv1.Section{}
	for _, h := range headingCodes {
		for _, code := range h.codes {
			out[code] = append(out[code], h.section)
		}
	}
	return out
}()

// sectionCodes are the headings of document sections by their codes: LOINC as HL7's Consolidated CDA, IHE Patient Care
// Coordination and IHE laboratory reports use it, and the headings of British record standards (PRSB, Transfer of Care)
// in SNOMED CT. An observation that carries its section's code as category is of that heading.
var sectionCodes = map[string]lhcrv1.Section{
	"48765-2": lhcrv1.Section_SECTION_ALLERGIES, // Allergies and adverse reactions
	"10155-0": lhcrv1.Section_SECTION_ALLERGIES, // History of allergies

	"10160-0": lhcrv1.Section_SECTION_MEDICATIONS, // Medications
	"10183-2": lhcrv1.Section_SECTION_MEDICATIONS, // Discharge medications
	"75311-1": lhcrv1.Section_SECTION_MEDICATIONS, // Discharge medications
	"29549-3": lhcrv1.Section_SECTION_MEDICATIONS, // Medications administered
	"42346-7": lhcrv1.Section_SECTION_MEDICATIONS, // Medications on admission
	"46264-8": lhcrv1.Section_SECTION_MEDICATIONS, // Medical equipment

	"11369-6": lhcrv1.Section_SECTION_VACCINATIONS,

	"11450-4":     lhcrv1.Section_SECTION_PROBLEMS, // Problem list
	"11348-0":     lhcrv1.Section_SECTION_PROBLEMS, // Past medical history
	"46241-6":     lhcrv1.Section_SECTION_PROBLEMS, // Admission diagnosis
	"42347-5":     lhcrv1.Section_SECTION_PROBLEMS, // Admission diagnosis
	"11535-2":     lhcrv1.Section_SECTION_PROBLEMS, // Discharge diagnosis
	"10219-4":     lhcrv1.Section_SECTION_PROBLEMS, // Preoperative diagnosis
	"10218-6":     lhcrv1.Section_SECTION_PROBLEMS, // Postoperative diagnosis
	"C-CDAV2-DDN": lhcrv1.Section_SECTION_PROBLEMS, // Discharge diagnosis, as C-CDA 2 was first published
	"75310-3":     lhcrv1.Section_SECTION_PROBLEMS, // Health concerns
	"55109-3":     lhcrv1.Section_SECTION_PROBLEMS, // Complications

	"47519-4": lhcrv1.Section_SECTION_PROCEDURES, // Procedures
	"29554-3": lhcrv1.Section_SECTION_PROCEDURES, // Procedure description
	"59768-2": lhcrv1.Section_SECTION_PROCEDURES, // Procedure indications
	"59776-5": lhcrv1.Section_SECTION_PROCEDURES, // Procedure findings
	"59774-0": lhcrv1.Section_SECTION_PROCEDURES, // Procedure anaesthesia
	"59775-7": lhcrv1.Section_SECTION_PROCEDURES, // Procedure disposition
	"10223-6": lhcrv1.Section_SECTION_PROCEDURES, // Operation note, surgical procedure

	"30954-2": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, // Results
	"11493-4": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, // Hospital discharge studies
	"26436-6": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, // Laboratory studies, with its specialties below
	"11502-2": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18717-9": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18718-7": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18719-5": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18720-3": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18721-1": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18722-9": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18723-7": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18724-5": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18725-2": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18727-8": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18729-4": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"18768-2": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,

	"8716-3":  lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Vital signs
	"29545-1": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Physical findings
	"10210-3": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // General status
	"10184-0": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Hospital discharge physical
	"11384-5": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Physical examination by body area
	"10200-4": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Heart
	"8709-8":  lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Skin
	"8710-6":  lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Extremities
	"61149-1": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Objective
	"10187-3": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Review of systems

	"51848-0": lhcrv1.Section_SECTION_ASSESSMENTS, // Assessment
	"51847-2": lhcrv1.Section_SECTION_ASSESSMENTS, // Assessment and plan
	"47420-5": lhcrv1.Section_SECTION_ASSESSMENTS, // Functional status
	"10190-7": lhcrv1.Section_SECTION_ASSESSMENTS, // Mental status
	"11383-7": lhcrv1.Section_SECTION_ASSESSMENTS, // Problem outcome
	"61144-2": lhcrv1.Section_SECTION_ASSESSMENTS, // Diet and nutrition

	"29762-2": lhcrv1.Section_SECTION_SOCIAL_CONTEXT,
	"10157-6": lhcrv1.Section_SECTION_FAMILY_HISTORY,
	"42348-3": lhcrv1.Section_SECTION_LEGAL_INFORMATION, // Advance directives
	"46240-8": lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS,
	"42349-1": lhcrv1.Section_SECTION_REFERRAL_DETAILS,           // Reason for referral
	"8648-8":  lhcrv1.Section_SECTION_DISCHARGE_DETAILS,          // Hospital course
	"18842-5": lhcrv1.Section_SECTION_DISCHARGE_DETAILS,          // Discharge summary
	"8653-8":  lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS, // Hospital discharge instructions
	"18776-5": lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS, // Plan of treatment
	"62387-6": lhcrv1.Section_SECTION_CARE_AND_SUPPORT_PLAN,      // Interventions
	"61146-7": lhcrv1.Section_SECTION_GOALS,
	"48768-6": lhcrv1.Section_SECTION_SERVICES_AND_CARE, // Payers

	"10164-2": lhcrv1.Section_SECTION_CLINICAL_NOTES, // History of present illness
	"10154-3": lhcrv1.Section_SECTION_CLINICAL_NOTES, // Chief complaint
	"29299-5": lhcrv1.Section_SECTION_CLINICAL_NOTES, // Reason for visit
	"46239-0": lhcrv1.Section_SECTION_CLINICAL_NOTES, // Reason for visit and chief complaint
	"61150-9": lhcrv1.Section_SECTION_CLINICAL_NOTES, // Subjective
	"34133-9": lhcrv1.Section_SECTION_CLINICAL_NOTES, // Summary of episode

	"886921000000105":  lhcrv1.Section_SECTION_ALLERGIES,
	"933361000000108":  lhcrv1.Section_SECTION_MEDICATIONS,
	"1102181000000102": lhcrv1.Section_SECTION_VACCINATIONS,
	"887161000000102":  lhcrv1.Section_SECTION_PROBLEMS, // Diagnoses
	"717711000000103":  lhcrv1.Section_SECTION_PROBLEMS,
	"887171000000109":  lhcrv1.Section_SECTION_PROCEDURES,
	"887191000000108":  lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	"1102421000000108": lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, // Observations
	"886811000000106":  lhcrv1.Section_SECTION_DISCHARGE_DETAILS,
	"1077881000000105": lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, // Attendance details
	"886961000000102":  lhcrv1.Section_SECTION_LEGAL_INFORMATION,
}
