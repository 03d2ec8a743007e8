package cda_test

import (
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func aside(typeCode, attrs, inner string) string {
	return `<entryRelationship typeCode="` + typeCode + `" ` + attrs + `>` + inner + `</entryRelationship>`
}

// stated is a status observation.
func stated(attrs, entryStatus, code string) string {
	return `<observation classCode="OBS" moodCode="EVN" ` + attrs + `><code code="33999-4" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="` + entryStatus +
		`"/><value xsi:type="CD" code="` + code + `" codeSystem="2.16.840.1.113883.6.96"/></observation>`
}

func with(statement, more string) string {
	return strings.Replace(statement, `</observation>`, more+`</observation>`, 1)
}

// TestAStatusThatDoesNotStandSettlesNothing is about status observations that were taken back, denied, or contradict
// each other.
func TestAStatusThatDoesNotStandSettlesNothing(t *testing.T) {
	resolved, active := "413322009", "55561003"
	for name, c := range map[string]struct {
		more, want string
		doubted    bool
	}{
		"it stands":           {aside("REFR", "", stated("", "completed", resolved)), "resolved", false},
		"taken back":          {aside("REFR", "", stated("", "nullified", resolved)), "active", false},
		"denied":              {aside("REFR", "", stated(`negationInd="true"`, "completed", resolved)), "active", false},
		"denied around it":    {aside("REFR", `negationInd="1"`, stated("", "completed", resolved)), "active", false},
		"two that contradict": {aside("REFR", "", stated("", "completed", active)) + aside("REFR", "", stated("", "completed", resolved)), "active", true},
	} {
		r := read(t, allergiesOf(concern("active", with(penicillin, c.more)))).Response.GetRecord().GetAllergies()
		if len(r) != 1 || r[0].GetClinicalStatus() != c.want || hasFlag(r[0].GetHeader(), lhcrv1.Flag_FLAG_MODIFIER_UNREAD) != c.doubted {
			t.Errorf("allergy, %s: %v", name, r)
		}
		ill := strings.Replace(penicillin, "416098002", "38341003", 1)
		p := read(t, document(section("11450-4", "Problems", "", entry(concern("active", with(ill, c.more)))))).Response.GetRecord().GetProblems()
		if len(p) != 1 || p[0].GetClinicalStatus() != c.want || hasFlag(p[0].GetHeader(), lhcrv1.Flag_FLAG_MODIFIER_UNREAD) != c.doubted {
			t.Errorf("problem, %s: %v", name, p)
		}
	}
}

// TestActiveIsNotClaimedOfWhatEnded is about observations that ended or were broken off, in a concern that is active.
func TestActiveIsNotClaimedOfWhatEnded(t *testing.T) {
	ill := strings.Replace(penicillin, "416098002", "38341003", 1)
	for name, e := range map[string]string{
		"aborted":        strings.Replace(ill, `"completed"`, `"aborted"`, 1),
		"an end":         strings.Replace(ill, `<value`, `<effectiveTime><low value="2001"/><high value="2003"/></effectiveTime><value`, 1),
		"an unknown end": strings.Replace(ill, `<value`, `<effectiveTime><low value="2001"/><high nullFlavor="UNK"/></effectiveTime><value`, 1),
	} {
		p := read(t, document(section("11450-4", "Problems", "", entry(concern("active", e))))).Response.GetRecord().GetProblems()
		if len(p) != 1 || p[0].GetClinicalStatus() != "" || !strings.Contains(strings.Join(notes(p[0].GetHeader()), "|"), "status of the concern: active") {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// TestAReactionThatDoesNotStandIsNone is about reactions, severities and reasons that are denied or were taken back.
func TestAReactionThatDoesNotStandIsNone(t *testing.T) {
	hives := func(attrs, status, severity string) string {
		return `<observation classCode="OBS" moodCode="EVN" ` + attrs + `><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="` + status +
			`"/><value xsi:type="CD" code="247472004" codeSystem="2.16.840.1.113883.6.96" displayName="Hives"/>` + severity + `</observation>`
	}
	for name, more := range map[string]string{
		"denied": aside("MFST", "", hives(`negationInd="true"`, "completed", "")), "denied with 1": aside("MFST", "", hives(`negationInd="1"`, "completed", "")),
		"denied around it": aside("MFST", `negationInd="true"`, hives("", "completed", "")), "taken back": aside("MFST", "", hives("", "nullified", "")),
	} {
		a := read(t, allergiesOf(with(penicillin, more))).Response.GetRecord().GetAllergies()
		if len(a) != 1 || len(a[0].GetReactions()) != 0 || a[0].GetHeader().GetNegated() || !strings.Contains(strings.Join(notes(a[0].GetHeader()), "|"), "Hives") {
			t.Errorf("%s: %v", name, a)
		}
	}
	severe := aside("SUBJ", "", `<observation classCode="OBS" moodCode="EVN"><code code="SEV" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="nullified"/><value xsi:type="CD" code="255604002" codeSystem="2.16.840.1.113883.6.96"/></observation>`)
	a := read(t, allergiesOf(with(penicillin, aside("MFST", "", hives("", "completed", severe))))).Response.GetRecord().GetAllergies()
	if len(a) != 1 || len(a[0].GetReactions()) != 1 || a[0].GetReactions()[0].GetSeverity() != "" {
		t.Error(a)
	}
	drug := `<substanceAdministration classCode="SBADM" moodCode="EVN"><consumable><manufacturedProduct><manufacturedMaterial><code code="1" displayName="Warfarin"/></manufacturedMaterial></manufacturedProduct></consumable>` +
		aside("RSON", "", hives(`negationInd="true"`, "completed", "")) + `</substanceAdministration>`
	m := read(t, document(section("10160-0", "Medicines", "", entry(drug)))).Response.GetRecord().GetMedications()
	if len(m) != 1 || len(m[0].GetReasons()) != 0 {
		t.Error(m)
	}
}

// TestACriterionIsNoFact is about observations of the mood of a condition for something.
func TestACriterionIsNoFact(t *testing.T) {
	r := read(t, allergiesOf(strings.Replace(penicillin, `"EVN"`, `"EVN.CRT"`, 1)))
	if a := r.Response.GetRecord().GetAllergies(); len(a) != 0 {
		t.Error(a)
	}
	if h := headers(r); len(h) != 1 || !hasFlag(h[0], lhcrv1.Flag_FLAG_MODIFIER_UNREAD) {
		t.Error(h)
	}
}

// TestADocumentThatWasTakenBackTakesBackItsEntries is about the status of a document.
func TestADocumentThatWasTakenBackTakesBackItsEntries(t *testing.T) {
	drug := `<substanceAdministration classCode="SBADM" moodCode="EVN"><consumable><manufacturedProduct><manufacturedMaterial><code code="1" displayName="Warfarin"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>`
	body := string(document(section(allergies, "Allergies", "", entry(concern("active", penicillin))+entry(denied("416098002"))), section("10160-0", "Medicines", "", entry(drug)),
		section("11450-4", "Problems", "", entry(strings.Replace(penicillin, "416098002", "38341003", 1))), section("11369-6", "Vaccinations", "", entry(drug)),
		section("30954-2", "Results", "", entry(strings.Replace(penicillin, "ASSERTION", "1", 1))), section("47519-4", "Procedures", "", entry(`<procedure classCode="PROC" moodCode="EVN"><code code="1" displayName="Thing"/></procedure>`))))
	found := headers(read(t, []byte(strings.Replace(body, `<title>Summary`, `<sdtc:statusCode code="nullified"/><title>Summary`, 1))))
	for _, h := range found {
		if !h.GetRetracted() {
			t.Errorf("%s stands", h.GetSourceType())
		}
	}
	if len(found) != 7 {
		t.Errorf("%d items", len(found))
	}
}

// TestWhoIsNotClearlyThePatientIsNotTakenForThem is about subjects.
func TestWhoIsNotClearlyThePatientIsNotTakenForThem(t *testing.T) {
	self := `<subject><relatedSubject classCode="PAT"/></subject>`
	for name, c := range map[string]struct {
		subject string
		items   int
		check   lhcrv1.SubjectCheck
	}{
		"the patient":         {self, 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
		"a second subject":    {self + baby, 0, 0},
		"before the patient":  {baby + self, 0, 0},
		"a participant":       {`<participant typeCode="SBJ"><participantRole><playingEntity><name>baby</name></playingEntity></participantRole></participant>`, 0, 0},
		"the patient as such": {`<participant typeCode="SBJ"><participantRole classCode="PAT"><id root="2.16.840.1.113883.2.1.4.1" extension="9990001006"/></participantRole></participant>`, 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
		"masked":              {`<subject nullFlavor="MSK"/>`, 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"nobody knows":        {`<subject><relatedSubject nullFlavor="UNK"/></subject>`, 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"patient and child":   {strings.Replace(baby, "PRS", "PAT", 1), 0, 0},
	} {
		a := readFor(t, allergiesOf(strings.Replace(penicillin, `<value`, c.subject+`<value`, 1)), "9990001006").Response.GetRecord().GetAllergies()
		if len(a) != c.items || c.items > 0 && a[0].GetHeader().GetSubjectCheck() != c.check {
			t.Errorf("%s: %v", name, a)
		}
	}
}

// TestAPatientWhoContradictsThemselvesIsNobody is about two NHS numbers, or two dates of birth, of one patient.
func TestAPatientWhoContradictsThemselvesIsNobody(t *testing.T) {
	second := `<id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/>`
	births := `<birthTime value="19480307"/><birthTime value="19520101"/>`
	twice := strings.Replace(margaret, `<birthTime value="19480307"/>`, births, 1)
	for name, c := range map[string]struct {
		header string
		check  lhcrv1.SubjectCheck
		born   string
	}{
		"one behind":       {strings.Replace(margaret, "\n<patient>", second+"<patient>", 1), lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED, "1948-03-07"},
		"one before":       {strings.Replace(margaret, "<patientRole>", "<patientRole>"+second, 1), lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED, "1948-03-07"},
		"the same twice":   {strings.Replace(margaret, "\n<patient>", strings.Replace(second, "9990000018", "999 000 1006", 1)+"<patient>", 1), lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH, "1948-03-07"},
		"two births":       {twice, lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH, ""},
		"one birth, twice": {strings.Replace(twice, "19520101", "194803071200", 1), lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH, "1948-03-07"},
		"untraced":         {strings.Replace(margaret, "2.16.840.1.113883.2.1.4.1", "2.16.840.1.113883.2.1.3.2.4.18.23", 1), lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH, "1948-03-07"},
		"untraced, two births": {strings.Replace(twice, "2.16.840.1.113883.2.1.4.1", "2.16.840.1.113883.2.1.3.2.4.18.23", 1),
			lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED, ""},
	} {
		r := readFor(t, documentOf(c.header, section(allergies, "Allergies", "", entry(penicillin))), "9990001006")
		a := r.Response.GetRecord().GetAllergies()
		if len(a) != 1 || a[0].GetHeader().GetSubjectCheck() != c.check {
			t.Errorf("%s: %v", name, a)
		}
		if p := r.Response.GetPatients(); len(p) != 1 || p[0].GetBirthDate().GetOriginal() != c.born {
			t.Errorf("%s: %v", name, p)
		}
	}
}
