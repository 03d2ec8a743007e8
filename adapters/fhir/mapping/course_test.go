package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// medicine is one resource about a medicine for the patient p1: its type's letter and
// id ("plan p", "order o1", "statement s", "dispense d", "administration a", or an R4
// intent and an id), and further elements.
func medicine(what string, more ...string) string {
	kind, id, _ := strings.Cut(what, " ")
	elements := []string{fmt.Sprintf(`"id":%q,"subject":{"reference":"Patient/p1"}`, id)}
	switch kind {
	case "statement", "dispense", "administration":
		elements = append(elements, `"resourceType":"Medication`+strings.ToUpper(kind[:1])+kind[1:]+`"`)
	default:
		elements = append(elements, fmt.Sprintf(`"resourceType":"MedicationRequest","intent":%q`, kind))
	}
	body := strings.Join(append(elements, more...), ",")
	if !strings.Contains(body, `"status"`) {
		body += `,"status":"active"`
	}
	if !strings.Contains(body, `"medication`) {
		body += `,"medicationCodeableConcept":{"text":"Drug"}`
	}
	return "{" + body + "}"
}

func basedOn(refs ...string) string { return `"basedOn":` + references(refs) }

func authorised(refs ...string) string { return `"authorizingPrescription":` + references(refs) }

func references(refs []string) string {
	return `[{"reference":"` + strings.Join(refs, `"},{"reference":"`) + `"}]`
}

func status(s string) string { return fmt.Sprintf(`"status":%q`, s) }

func validity(start, end string) string {
	return fmt.Sprintf(`"dispenseRequest":{"validityPeriod":{"start":%q,"end":%q}}`, start, end)
}

func group(number string) string {
	return `"groupIdentifier":{"system":"https://fhir.nhs.uk/Id/prescription-order-number","value":"` + number + `"}`
}

// form is a dispense's reference to a prescription form.
func form(number string) string {
	return `"authorizingPrescription":[{"extension":[{"url":"https://fhir.nhs.uk/StructureDefinition/Extension-DM-GroupIdentifier",
	"extension":[{"url":"shortForm","valueIdentifier":{"system":"https://fhir.nhs.uk/Id/prescription-order-number","value":"` + number + `"}}]}]}]`
}

// answered maps resources that stand beside the people and places of others.
func answered(t *testing.T, options mapping.Options, resources ...string) *lhcrv1.GetRecordResponse {
	t.Helper()
	list := parsed(t, []byte(others))
	return whole(t, options, append(list, parsed(t, []byte("["+strings.Join(resources, ",")+"]"))...))
}

// drawn draws the courses of a record, one a line:
// "AUTHORISED p: statements s; issues o2 o1; supplies d".
func drawn(r *lhcrv1.Record) []string {
	name := map[string]string{}
	for _, m := range r.GetMedications() {
		name[m.GetHeader().GetItemId()] = m.GetHeader().GetSourceId()
	}
	var out []string
	for _, c := range r.GetMedicationCourses() {
		line := strings.TrimPrefix(c.GetType().String(), "COURSE_TYPE_") + " " + name[c.GetRootItemId()]
		for _, part := range []struct {
			what string
			ids  []string
		}{{"statements", c.GetStatementItemIds()}, {"issues", c.GetIssueItemIds()}, {"supplies", c.GetSupplyItemIds()}, {"replaces", c.GetReplacesItemIds()}} {
			if len(part.ids) == 0 {
				continue
			}
			line += "; " + part.what
			for _, id := range part.ids {
				line += " " + name[id]
			}
		}
		out = append(out, line)
	}
	return out
}

const (
	gpConnect  = mapping.CourseRuleGPConnect
	interweave = mapping.CourseRuleInterweave
	graphnet   = mapping.CourseRuleGraphnet
	r4         = mapping.CourseRuleR4
)

func TestCourses(t *testing.T) {
	plan, order := "MedicationRequest/p", "MedicationRequest/o"
	tests := []struct {
		name      string
		rule      mapping.CourseRule
		resources []string
		want      []string
	}{
		{"a plan, its statement and its issues, newest first", gpConnect,
			[]string{
				medicine("order o1", basedOn(plan), validity("2020-01-01", "")), medicine("order o3", basedOn(plan)),
				medicine("plan p"), medicine("statement s", basedOn(plan)), medicine("order o2", basedOn(plan), validity("2021-01-01", "")),
			},
			[]string{"AUTHORISED p; statements s; issues o2 o1 o3"}},
		{"the date of an issue is when it is valid from, not when it was authored", gpConnect,
			[]string{
				medicine("plan p"),
				medicine("order late", basedOn(plan), `"authoredOn":"2019-01-01"`, validity("2021-01-01", "")),
				medicine("order early", basedOn(plan), `"authoredOn":"2022-01-01"`, validity("2020-01-01", "")),
				medicine("order authored", basedOn(plan), `"authoredOn":"2020-06-01"`),
			},
			[]string{"AUTHORISED p; issues late authored early"}},
		{"an object where a list is due", gpConnect,
			[]string{medicine("plan p"), medicine("order o", `"basedOn":{"reference":"MedicationRequest/p"}`)},
			[]string{"AUTHORISED p; issues o"}},
		{"a plan without a statement stands alone", gpConnect, []string{medicine("plan p")}, []string{"AUTHORISED p"}},
		{"a statement whose plan did not come stays apart, whatever identifier and drug they share", gpConnect,
			[]string{
				medicine("plan p", `"identifier":[{"system":"s","value":"same"}]`),
				medicine("statement s", basedOn("MedicationRequest/gone"), `"identifier":[{"system":"s","value":"same"}]`),
			},
			[]string{"AUTHORISED p", "STATEMENT_ONLY s; statements s"}},
		{"one drug in two plans is two courses", gpConnect, []string{medicine("plan p"), medicine("plan q")}, []string{"AUTHORISED p", "AUTHORISED q"}},
		{"one prescription form is no course", gpConnect,
			[]string{medicine("plan p"), medicine("plan q"), medicine("order o", basedOn(plan), group("1")), medicine("order n", basedOn("MedicationRequest/q"), group("1"))},
			[]string{"AUTHORISED p; issues o", "AUTHORISED q; issues n"}},
		{"plan and order sharing an id", gpConnect,
			[]string{medicine("order p", basedOn(plan)), medicine("plan p"), medicine("statement s", basedOn(plan))},
			[]string{"AUTHORISED p; statements s; issues p"}},
		{"an order whose only basis is its own id is an orphan", gpConnect, []string{medicine("order o", basedOn(order))}, []string{"UNAUTHORISED_ISSUE o; issues o"}},
		{"an orphan order of GP Connect", gpConnect, []string{medicine("order o")}, []string{"UNAUTHORISED_ISSUE o; issues o"}},
		{"an orphan order of Interweave is an acute course", interweave, []string{medicine("order o"), medicine("plan p"), medicine("order n", basedOn(plan))},
			[]string{"ORDER o; issues o", "AUTHORISED p; issues n"}},
		{"Graphnet: a statement authorises the requests that it names", graphnet,
			[]string{medicine("order o1", validity("2020-01-01", "")), medicine("order o2", validity("2021-01-01", "")), medicine("statement s", basedOn("MedicationRequest/o1", "MedicationRequest/o2")), medicine("statement t")},
			[]string{"AUTHORISED s; statements s; issues o2 o1", "AUTHORISED t; statements t"}},
		{"Graphnet: a request that names its statement", graphnet,
			[]string{medicine("order o", basedOn("MedicationStatement/s")), medicine("statement s"), medicine("order n")},
			[]string{"AUTHORISED s; statements s; issues o", "ORDER n; issues n"}},
		{"a plan based on a plan is a course of its own", r4, []string{medicine("plan q", basedOn(plan)), medicine("plan p")}, []string{"AUTHORISED q", "AUTHORISED p"}},
		{"a circle is broken", gpConnect,
			[]string{medicine("order a", basedOn("MedicationRequest/b")), medicine("order b", basedOn("MedicationRequest/c")), medicine("order c", basedOn("MedicationRequest/a"))},
			[]string{"UNAUTHORISED_ISSUE c; issues a b c"}},
		{"what replaces what", gpConnect,
			[]string{medicine("plan p", `"priorPrescription":{"reference":"MedicationRequest/q"}`), medicine("plan q"), medicine("order q", basedOn("MedicationRequest/q"))},
			[]string{"AUTHORISED p; replaces q", "AUTHORISED q; issues q"}},
		{"R4: instances join their original order", r4,
			[]string{medicine("instance-order i1", basedOn(order), validity("2021-01-01", "")), medicine("original-order o", validity("2020-01-01", ""))},
			[]string{"ORDER o; issues i1 o"}},
		{"R4: by its identifier, which the instances share", r4,
			[]string{
				medicine("instance-order i1", `"identifier":[{"system":"s","value":"item"}],"basedOn":[{"identifier":{"system":"s","value":"item"}}]`),
				medicine("original-order o", `"identifier":[{"system":"s","value":"item"}]`),
				medicine("instance-order i2", `"identifier":[{"system":"s","value":"item"}],"basedOn":[{"identifier":{"system":"s","value":"item"}}]`),
			},
			[]string{"ORDER o; issues i1 o i2"}},
		{"R4: an identifier that two courses share joins neither", r4,
			[]string{
				medicine("order o", `"identifier":[{"system":"s","value":"item"}]`), medicine("order n", `"identifier":[{"system":"s","value":"item"}]`),
				medicine("dispense d", `"authorizingPrescription":[{"identifier":{"system":"s","value":"item"}}]`),
			},
			[]string{"ORDER o; issues o", "ORDER n; issues n", "SUPPLY_ONLY d; supplies d"}},
		{"R4: an option is no course, nor is one joined through it", r4,
			[]string{medicine("option x"), medicine("proposal y"), medicine("dispense d", authorised("MedicationRequest/x")), medicine("order o", `"priorPrescription":{"reference":"MedicationRequest/x"}`)},
			[]string{"SUPPLY_ONLY d; supplies d", "ORDER o; issues o"}},
		{"R4: an order whose basis did not come", r4, []string{medicine("instance-order i", basedOn(order)), medicine("instance-order j", basedOn(order))},
			[]string{"ORDER i; issues i", "ORDER j; issues j"}},
		{"a supply by relative reference and bare id", r4,
			[]string{medicine("order o"), medicine("dispense d1", authorised(order)), medicine("dispense d2", authorised("o"))},
			[]string{"ORDER o; issues o; supplies d1 d2"}},
		{"a supply by urn", r4,
			[]string{medicine("order 00000000-0000-4000-8000-000000000001"), medicine("dispense d", authorised("urn:uuid:00000000-0000-4000-8000-000000000001"))},
			[]string{"ORDER 00000000-0000-4000-8000-000000000001; issues 00000000-0000-4000-8000-000000000001; supplies d"}},
		{"a supply by identifier", r4,
			[]string{medicine("order o", `"identifier":[{"system":"s","value":"item"}]`), medicine("dispense d", `"authorizingPrescription":[{"identifier":{"system":"s","value":"item"}}]`)},
			[]string{"ORDER o; issues o; supplies d"}},
		{"a supply by the prescription inside it", r4,
			[]string{medicine("dispense d", `"contained":[{"resourceType":"MedicationRequest","id":"c","intent":"order","status":"active"}]`, authorised("#c"))},
			[]string{"ORDER c; issues c; supplies d"}},
		{"a supply by the number of a form with one prescription", r4, []string{medicine("order o", group("1")), medicine("dispense d", form("1"))},
			[]string{"ORDER o; issues o; supplies d"}},
		{"a form with two prescriptions says nothing of a supply", r4, []string{medicine("order o", group("1")), medicine("order n", group("1")), medicine("dispense d", form("1"))},
			[]string{"ORDER o; issues o", "ORDER n; issues n", "SUPPLY_ONLY d; supplies d"}},
		{"a form with an original order and its instance is one prescription", r4,
			[]string{medicine("original-order o", group("1")), medicine("instance-order i", group("1"), basedOn(order)), medicine("dispense d", form("1"))},
			[]string{"ORDER o; issues o i; supplies d"}},
		{"a form with a plan and another medicine's order is two", r4, []string{medicine("plan p", group("1")), medicine("order n", group("1")), medicine("dispense d", form("1"))},
			[]string{"AUTHORISED p", "ORDER n; issues n", "SUPPLY_ONLY d; supplies d"}},
		{"an option on a form is no second prescription", r4, []string{medicine("option x", group("1")), medicine("order o", group("1")), medicine("dispense d", form("1"))},
			[]string{"ORDER o; issues o; supplies d"}},
		{"a copy of a prescription is no second one", r4, []string{medicine("order o", group("1")), medicine("order o", group("1")), medicine("dispense d", form("1"))},
			[]string{"ORDER o; issues o; supplies d"}},
		{"a supply is never joined by its drug", r4, []string{medicine("order o"), medicine("dispense d")}, []string{"ORDER o; issues o", "SUPPLY_ONLY d; supplies d"}},
		{"an administration joins what asked for it", r4, []string{medicine("order o"), medicine("administration a", `"request":{"reference":"MedicationRequest/o"}`)},
			[]string{"ORDER o; issues o; supplies a"}},
		{"another person's plan is joined by nobody", gpConnect,
			[]string{strings.Replace(medicine("plan p"), "Patient/p1", "Patient/other", 1), medicine("order o", basedOn(plan))},
			[]string{"UNAUTHORISED_ISSUE o; issues o"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := answered(t, mapping.Options{Courses: tt.rule}, tt.resources...).GetRecord()
			if diff := cmp.Diff(tt.want, drawn(record)); diff != "" {
				t.Error(diff)
			}
			coursesAgree(t, record)
		})
	}
}

// coursesAgree holds courses and their members to each other: each member carries its
// course's id and stands in it once; each medicine but an option has one.
func coursesAgree(t *testing.T, r *lhcrv1.Record) {
	t.Helper()
	in := map[string]string{}
	for _, c := range r.GetMedicationCourses() {
		members := append(append(append([]string{}, c.GetStatementItemIds()...), c.GetIssueItemIds()...), c.GetSupplyItemIds()...)
		if c.GetPlanItemId() != "" {
			members = append(members, c.GetPlanItemId())
		}
		for _, id := range members {
			if in[id] != "" {
				t.Errorf("an item stands in two courses")
			}
			in[id] = c.GetCourseId()
		}
		if in[c.GetRootItemId()] != c.GetCourseId() {
			t.Error("a course's root is no member of it")
		}
	}
	for _, m := range r.GetMedications() {
		want := in[m.GetHeader().GetItemId()]
		if m.GetKind() == lhcrv1.MedicationKind_MEDICATION_KIND_OPTION {
			want = ""
		}
		if m.GetCourseId() != want {
			t.Errorf("%s says that its course is %q, it stands in %q", m.GetHeader().GetSourceId(), m.GetCourseId(), want)
		}
	}
}

func TestTwoPatientsWithTheSameIDsMakeNoCommonCourse(t *testing.T) {
	theirs := func(resource string) string { return strings.Replace(resource, "Patient/p1", "Patient/p2", 1) }
	record := answered(t, mapping.Options{Courses: gpConnect},
		`{"resourceType":"Patient","id":"p2","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}]}`,
		theirs(medicine("plan p", `"medicationCodeableConcept":{"text":"Theirs"}`)), theirs(medicine("order o", basedOn("MedicationRequest/p"))),
		medicine("order o", basedOn("MedicationRequest/p")), medicine("plan p"),
	).GetRecord()
	if diff := cmp.Diff([]string{"AUTHORISED p; issues o"}, drawn(record)); diff != "" {
		t.Error(diff)
	}
	if got := record.GetMedicationCourses()[0].GetDisplay(); got != "Drug" {
		t.Errorf("the course is of %q", got)
	}
}

func TestListingIsTheStatementsStatusElseThePlansElseTheNewestIssues(t *testing.T) {
	plan := basedOn("MedicationRequest/p")
	const active, past, neither = lhcrv1.CourseListing_COURSE_LISTING_ACTIVE, lhcrv1.CourseListing_COURSE_LISTING_PAST, lhcrv1.CourseListing_COURSE_LISTING_UNSPECIFIED
	tests := []struct {
		name               string
		rule               mapping.CourseRule
		resources          []string
		listing            lhcrv1.CourseListing
		status, planStatus string
	}{
		{"active statement on a completed plan", gpConnect, []string{medicine("plan p", status("completed")), medicine("statement s", plan)}, active, "active", "completed"},
		{"no statement", gpConnect, []string{medicine("plan p", status("stopped"))}, past, "stopped", "stopped"},
		{"stopped order under an active plan", gpConnect, []string{medicine("plan p"), medicine("order o", plan, status("stopped"))}, active, "active", "active"},
		{"the order at the root before its newest issue", r4, []string{medicine("original-order o"), medicine("instance-order i", basedOn("MedicationRequest/o"), status("completed"), validity("2022", ""))}, active, "active", ""},
		{"one of two statements is current", r4, []string{medicine("order o"), medicine("statement s", basedOn("MedicationRequest/o"), status("completed")), medicine("statement t", basedOn("MedicationRequest/o"))}, active, "active", ""},
		{"a retracted statement", gpConnect, []string{medicine("plan p"), medicine("statement s", plan, status("entered-in-error"))}, active, "active", "active"},
		{"all retracted", gpConnect, []string{medicine("plan p", status("entered-in-error"))}, neither, "entered-in-error", "entered-in-error"},
		{"intended", r4, []string{medicine("statement s", status("intended"))}, active, "intended", ""},
		{"not taken says neither", r4, []string{medicine("statement s", status("not-taken"))}, neither, "not-taken", ""},
		{"a completed supply says nothing of the course", r4, []string{medicine("dispense d", status("completed"))}, neither, "", ""},
		{"an order not to give it", r4, []string{medicine("order o", `"doNotPerform":true`)}, neither, "active", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := answered(t, mapping.Options{Courses: tt.rule}, tt.resources...).GetRecord().GetMedicationCourses()
			if len(c) != 1 {
				t.Fatalf("%d courses", len(c))
			}
			got := []any{c[0].GetListing(), c[0].GetStatus(), c[0].GetPlanStatus()}
			if diff := cmp.Diff([]any{tt.listing, tt.status, tt.planStatus}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAnOrdersStatusIsNotTheMedicines reads what orders say: that one was fulfilled says
// nothing of the medicine, and the order at the root speaks before its issues.
func TestAnOrdersStatusIsNotTheMedicines(t *testing.T) {
	const active, past, neither = lhcrv1.CourseListing_COURSE_LISTING_ACTIVE, lhcrv1.CourseListing_COURSE_LISTING_PAST, lhcrv1.CourseListing_COURSE_LISTING_UNSPECIFIED
	root, plan := basedOn("MedicationRequest/o"), basedOn("MedicationRequest/p")
	const odd = `"modifierExtension":[{"url":"x","valueBoolean":true}]`
	differ := []lhcrv1.Flag{lhcrv1.Flag_FLAG_STATUSES_DIFFER}
	unread := []lhcrv1.Flag{lhcrv1.Flag_FLAG_MODIFIER_UNREAD}
	tests := []struct {
		name      string
		resources []string
		listing   lhcrv1.CourseListing
		speaker   string
		flags     []lhcrv1.Flag
	}{
		{"a lone order that was fulfilled", []string{medicine("order o", status("completed"))}, neither, "o", nil},
		{"a lone order that was stopped", []string{medicine("order o", status("stopped"))}, past, "o", nil},
		{"a plan that was completed", []string{medicine("plan p", status("completed"))}, past, "p", nil},
		{"an active order with a fulfilled instance", []string{medicine("original-order o"), medicine("instance-order i", root, status("completed"))}, active, "o", nil},
		{"an active order with a stopped instance", []string{medicine("original-order o"), medicine("instance-order i", root, status("stopped"))}, active, "o", differ},
		{"a fulfilled order with an active instance", []string{medicine("original-order o", status("completed")), medicine("instance-order i", root)}, active, "i", differ},
		{"a stopped order with an active instance", []string{medicine("original-order o", status("cancelled")), medicine("instance-order i", root)}, past, "o", differ},
		{"a stopped plan with a retracted issue", []string{medicine("plan p", status("stopped")), medicine("order o", plan, status("entered-in-error"))}, past, "p", nil},
		{"a statement before all", []string{medicine("plan p"), medicine("statement s", plan, status("completed"))}, past, "s", nil},
		{"written with capitals and blanks", []string{medicine("plan p", status(" Active "))}, active, "p", nil},
		{"retracted with capitals", []string{medicine("plan p"), medicine("statement s", plan, status("Entered-In-Error"))}, active, "p", nil},
		{"a speaker with a modifier", []string{medicine("plan p", odd)}, neither, "p", unread},
		{"a dosage with a modifier", []string{medicine("plan p", `"dosageInstruction":[{"text":"one",`+odd+`}]`)}, neither, "p", unread},
		{"a plain statement before a plan with a modifier", []string{medicine("plan p", odd), medicine("statement s", plan)}, active, "s", unread},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := answered(t, mapping.Options{Courses: r4}, tt.resources...).GetRecord()
			if len(record.GetMedicationCourses()) != 1 {
				t.Fatalf("%d courses", len(record.GetMedicationCourses()))
			}
			c := record.GetMedicationCourses()[0]
			speaker := ""
			for _, m := range record.GetMedications() {
				if m.GetHeader().GetItemId() == c.GetListingItemId() {
					speaker = m.GetHeader().GetSourceId()
				}
			}
			if diff := cmp.Diff([]any{tt.listing, tt.speaker, tt.flags}, []any{c.GetListing(), speaker, c.GetFlags()}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEachMedicineKeepsItsOwnDrugAndDose(t *testing.T) {
	own := func(drug, dose string) string {
		return fmt.Sprintf(`"medicationCodeableConcept":{"text":%q},"%s":[{"text":%q}]`, drug, "dosageInstruction", dose)
	}
	r := answered(t, mapping.Options{Courses: gpConnect},
		medicine("plan p", own("Plan's", "one")), medicine("order o", own("Order's", "two"), basedOn("MedicationRequest/p")),
		medicine("statement s", `"medicationCodeableConcept":{"text":"Statement's"},"dosage":[{"text":"three"}]`, basedOn("MedicationRequest/p"))).GetRecord()
	got := map[string]string{}
	for _, m := range r.GetMedications() {
		got[m.GetHeader().GetSourceId()] = m.GetProduct().GetCode().GetDisplay() + ", " + m.GetDosages()[0].GetText()
	}
	if diff := cmp.Diff(map[string]string{"p": "Plan's, one", "o": "Order's, two", "s": "Statement's, three"}, got); diff != "" {
		t.Error(diff)
	}
	if d := r.GetMedicationCourses()[0].GetDisplay(); d != "Statement's" {
		t.Errorf("the course shows %q", d)
	}
}

func TestIssuesMadeAreAsRecordedNeverCounted(t *testing.T) {
	r := answered(t, mapping.Options{Courses: gpConnect}, medicine("plan p", repeats(6, 5)), medicine("order o", basedOn("MedicationRequest/p"))).GetRecord()
	if m := r.GetMedications()[0]; m.GetIssuesMade() != 5 || m.GetIssuesAllowed() != 6 {
		t.Errorf("%d of %d", m.GetIssuesMade(), m.GetIssuesAllowed())
	}
	r = answered(t, mapping.Options{Courses: gpConnect}, medicine("plan p"), medicine("order o", basedOn("MedicationRequest/p"))).GetRecord()
	if r.GetMedications()[0].IssuesMade != nil {
		t.Error("issues were counted")
	}
}

func repeats(allowed, made int) string {
	return fmt.Sprintf(`"extension":[{"url":"x/Extension-CareConnect-GPC-MedicationRepeatInformation-1","extension":[
	{"url":"numberOfRepeatPrescriptionsAllowed","valuePositiveInt":%d},{"url":"numberOfRepeatPrescriptionsIssued","valueUnsignedInt":%d}]}]`, allowed, made)
}

func TestLinksOfMedicinesNameThePlanNotTheOrderThatSharesItsID(t *testing.T) {
	out := answered(t, mapping.Options{Courses: gpConnect},
		medicine("order p", basedOn("MedicationRequest/p")), medicine("plan p"), medicine("statement s", basedOn("MedicationRequest/p"), `"partOf":[]`))
	kinds := map[string]lhcrv1.MedicationKind{}
	for _, m := range out.GetRecord().GetMedications() {
		kinds[m.GetHeader().GetItemId()] = m.GetKind()
	}
	if len(out.GetLinks()) != 2 {
		t.Fatalf("%d links", len(out.GetLinks()))
	}
	for _, l := range out.GetLinks() {
		if kinds[l.GetToItemId()] != lhcrv1.MedicationKind_MEDICATION_KIND_PLAN || l.GetUnresolved() != "" {
			t.Errorf("a link of kind %v does not lead to the plan", l.GetKind())
		}
	}
}
