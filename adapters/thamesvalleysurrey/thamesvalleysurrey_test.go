package thamesvalleysurrey_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/thamesvalleysurrey"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	thea    = adaptertest.Patient{NHSNumber: "9990004013", DateOfBirth: "1955-06-21"}
	carol   = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"}
	hugh    = adaptertest.Patient{NHSNumber: "9990002142", DateOfBirth: "1951-09-09"} // is linked to a record of another number
	kezia   = adaptertest.Patient{NHSNumber: "9990002576", DateOfBirth: "1999-12-31"} // has a merged record
	leonard = adaptertest.Patient{NHSNumber: "9990002657", DateOfBirth: "1946-06-06"} // has items entered in error
	edwin   = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	callum  = adaptertest.Patient{NHSNumber: "9990004110", DateOfBirth: "1982-09-14"} // is held elsewhere
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
)

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, thamesvalleysurrey.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, thamesvalleysurrey.Entry(), sys.Access())
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   thea, Another: carol, NotHeld: callum,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, medications, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_VACCINATIONS,
			lhcrv1.Section_SECTION_DOCUMENTS,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, thea.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Canaries: []string{"Henleywood", "HENLEYWOOD", "127.0.0.1"},
	})
}

func outcome(t *testing.T, sys *sandbox.System, p adaptertest.Patient, s lhcrv1.Section) (*lhcrv1.SectionOutcome, *lhcrv1.Record) {
	t.Helper()
	res := lend.Fetch(t, adapter(t, sys), lend.Request(p, s))
	return res.GetOutcomes()[0], res.GetRecord()
}

func TestOriginatingUserAndKeyAreSent(t *testing.T) {
	sys := system(t)
	if o, _ := outcome(t, sys, thea, allergies); o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
		t.Fatalf("%v: %s", o.GetStatus(), o.GetMessage())
	}
	want := sandbox.Caller{
		OrganisationODS: "FA001", Person: "555000111222", Role: "R1290", Purpose: "directcare",
		RequestID: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
	}
	if diff := cmp.Diff(want, sys.LastCaller()); diff != "" {
		t.Errorf("the region heard (-want +got):\n%s", diff)
	}
	if n := sys.Counts()["token"]; n != 1 {
		t.Errorf("%d tokens: the end that the token itself tells must count", n)
	}
}

func TestMedicinesAreAskedForByTheirIntent(t *testing.T) {
	sys := system(t)
	o, record := outcome(t, sys, thea, medications)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(o.GetGaps()) > 0 {
		t.Fatalf("%v: %v", o.GetStatus(), o.GetGaps())
	}
	if n := sys.Counts()["search MedicationRequest"]; n != 3 {
		t.Errorf("%d searches for prescriptions, want one for each intent", n)
	}
	kinds := map[lhcrv1.MedicationKind]int{}
	courses := map[string]int{}
	for _, m := range record.GetMedications() {
		kinds[m.GetKind()]++
		courses[m.GetCourseId()]++
	}
	want := map[lhcrv1.MedicationKind]int{
		lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT: 3, lhcrv1.MedicationKind_MEDICATION_KIND_PLAN: 3,
		lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE: 5,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("medicines (-want +got):\n%s", diff)
	}
	// One statement names a prescription that does not come, as a published example does: it stands alone.
	if diff := cmp.Diff([]int{1, 2, 3, 5}, slices.Sorted(maps.Values(courses))); diff != "" {
		t.Errorf("medicines of each course (-want +got):\n%s", diff)
	}
}

// A record of another number that the region links is not this person's to deliver.
func TestLinkedRecordOfAnotherNumberIsAGap(t *testing.T) {
	sys := system(t)
	o, record := outcome(t, sys, hugh, allergies)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID {
		t.Errorf("%v: allergies that may stand under the other record make the list partial", o.GetStatus())
	}
	if !slices.ContainsFunc(o.GetGaps(), func(g *lhcrv1.Gap) bool { return g.GetKind() == lhcrv1.GapKind_GAP_KIND_LINKED_RECORD }) {
		t.Errorf("gaps %v, want one of the linked record", o.GetGaps())
	}
	if n := len(record.GetAllergies()); n != 1 || record.GetAllergies()[0].GetCode().GetCodings()[0].GetCode() != "293586001" {
		t.Errorf("%d allergies, want the aspirin allergy alone", n)
	}
	if n := sys.Counts()["search AllergyIntolerance"]; n != 1 {
		t.Errorf("%d searches for allergies: the other record must not even be asked for", n)
	}
}

// A minor record that was merged into the major one carries the same number: what stands under
// it alone is the person's too.
func TestMergedRecordIsReadToo(t *testing.T) {
	sys := system(t)
	o, record := outcome(t, sys, kezia, allergies)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(record.GetAllergies()) != 2 {
		t.Errorf("%v with %d allergies, want both records' (%v, %v)", o.GetStatus(), len(record.GetAllergies()), o.GetGaps(), o.GetIdentityMismatchReason())
	}
}

func TestRetractionsShow(t *testing.T) {
	_, record := outcome(t, system(t), leonard, allergies)
	retracted := map[bool]int{}
	for _, a := range record.GetAllergies() {
		retracted[a.GetHeader().GetRetracted()]++
	}
	if diff := cmp.Diff(map[bool]int{true: 1, false: 1}, retracted); diff != "" {
		t.Errorf("retracted allergies (-want +got):\n%s", diff)
	}
}

// The specification's examples name subjects at the address of a server behind the interface.
func TestSubjectAtAnInternalAddressIsThePatient(t *testing.T) {
	o, record := outcome(t, system(t), carol, allergies)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(record.GetAllergies()) != 3 {
		t.Errorf("%v with %d allergies: %v", o.GetStatus(), len(record.GetAllergies()), o.GetGaps())
	}
}

func TestVaccinationsComeAsTheExamplesWriteThem(t *testing.T) {
	o, record := outcome(t, system(t), thea, lhcrv1.Section_SECTION_VACCINATIONS)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(record.GetVaccinations()) != 2 {
		t.Errorf("%v with %d vaccinations: %v", o.GetStatus(), len(record.GetVaccinations()), o.GetGaps())
	}
}
