package patients_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

// holds tells whether a resource of the type, in any of the patient's regions, passes the test.
func holds(t *testing.T, p patients.Patient, typ string, test func(object) bool) bool {
	t.Helper()
	for _, region := range p.Regions() {
		for _, r := range resources(t, p.Bundle(region)) {
			if (typ == "" || r["resourceType"] == typ) && test(r) {
				return true
			}
		}
	}
	return false
}

// says tells whether one of the patient's bundles contains every one of the words.
func says(words ...string) func(*testing.T, patients.Patient) bool {
	return func(_ *testing.T, p patients.Patient) bool {
		return slices.ContainsFunc(p.Regions(), func(region string) bool {
			bundle := string(p.Bundle(region))
			return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(bundle, w) })
		})
	}
}

// failure tells whether a provider failure of the kind is described.
func failure(test func(patients.Failure) bool) func(*testing.T, patients.Patient) bool {
	return func(_ *testing.T, p patients.Patient) bool { return slices.ContainsFunc(p.Failures["yorkshire"], test) }
}

// resource is holds in the form that the table below wants.
func resource(typ string, test func(object) bool) func(*testing.T, patients.Patient) bool {
	return func(t *testing.T, p patients.Patient) bool { return holds(t, p, typ, test) }
}

func own(t *testing.T, p patients.Patient, o object) bool {
	t.Helper()
	ref, _ := o["reference"].(string)
	return holds(t, p, "Patient", func(r object) bool { return "Patient/"+r["id"].(string) == ref })
}

func otherSubject(typ string) func(*testing.T, patients.Patient) bool {
	return func(t *testing.T, p patients.Patient) bool {
		return holds(t, p, typ, func(r object) bool {
			subject, ok := r["subject"].(object)
			return ok && !own(t, p, subject)
		})
	}
}

// listed counts the items that an allergy list names and how many of them the bundle holds.
func listed(t *testing.T, p patients.Patient) (named, present int) {
	t.Helper()
	holds(t, p, "List", func(r object) bool {
		entries, _ := r["entry"].([]any)
		for _, e := range entries {
			ref := e.(object)["item"].(object)["reference"].(string)
			if !strings.HasPrefix(ref, "AllergyIntolerance/") {
				continue
			}
			named++
			if holds(t, p, "AllergyIntolerance", func(a object) bool { return "AllergyIntolerance/"+a["id"].(string) == ref }) {
				present++
			}
		}
		return false
	})
	return named, present
}

func emptyList(r object) bool { return r["entry"] == nil }

// proofs shows, for each hazard, where the data of a patient that names it must show it.
func proofs() map[patients.Hazard]func(*testing.T, patients.Patient) bool {
	return map[patients.Hazard]func(*testing.T, patients.Patient) bool{
		patients.PartialShownAsComplete: failure(func(f patients.Failure) bool { return f.Severity == "error" }),
		patients.ItemReplacedByOutcome:  failure(func(f patients.Failure) bool { return len(f.Expressions) > 0 }),
		patients.DataImpairment:         failure(func(f patients.Failure) bool { return f.Severity == "information" }),
		patients.EmptyReadAsNone: resource("List", func(r object) bool {
			return emptyList(r) && (r["emptyReason"] == nil || r["extension"] != nil)
		}),
		patients.PartialAllergyList: func(t *testing.T, p patients.Patient) bool {
			named, present := listed(t, p)
			return present > 0 && named > present
		},
		patients.ResolvedAllergy:    says(`"resolved"`),
		patients.DegradedCode:       says("Transfer-degraded", `"text"`),
		patients.WrongPatientNumber: func(_ *testing.T, p patients.Patient) bool { return !says(p.NHSNumber)(nil, p) },
		patients.WrongPatientItem:   otherSubject("MedicationRequest"),
		patients.BirthDateMismatch: func(t *testing.T, p patients.Patient) bool {
			return holds(t, p, "Patient", func(r object) bool { return r["birthDate"] != p.DateOfBirth })
		},
		patients.SupersededNumber: says("replaced-by", `"use": "old"`),
		patients.LinkedRecords: func(t *testing.T, p patients.Patient) bool {
			n := 0
			holds(t, p, "Patient", func(object) bool { n++; return false })
			return n > len(p.Regions())
		},
		patients.DuplicateSameIdentifier:  func(t *testing.T, p patients.Patient) bool { return len(sharedItems(t, p)) > 0 },
		patients.DuplicateHidesDifference: differentDoses,
		patients.DoseDisagrees:            says("once a WEEK", `"periodUnit": "d"`),
		patients.OddUnit:                  says(`"unit": "l/l"`, `"code": "%"`),
		patients.CodingsDisagree:          says("2G", "500mg", "userSelected"),
		patients.PartialDates:             says(`"2019"`, `"2019-03"`),
		patients.EnteredInError:           says(`"entered-in-error"`),
		patients.ExpiredStop:              says(`"stopped"`, `"Expired"`),
		patients.AssertedNone:             says("716186003"),
		patients.NoKnownDrugAllergy:       says("409137002"),
		patients.AllergyBesideEmptyList: func(t *testing.T, p patients.Patient) bool {
			named, _ := listed(t, p)
			return named == 0 && says(`"AllergyIntolerance"`, "886921000000105")(t, p)
		},
		patients.AllergyInFlag:        says(`"Flag"`, "severe peanut allergy"),
		patients.NarrativeMedicines:   says("<td>Apixaban 5mg tablets</td>", "933361000000108"),
		patients.Confidential:         says(`"NOPAT"`),
		patients.Restricted:           resource("Patient", func(r object) bool { return r["address"] == nil && r["meta"].(object)["security"] != nil }),
		patients.DocumentContent:      resource("Binary", func(r object) bool { return r["contentType"] != nil }),
		patients.DocumentWrongPatient: otherSubject("DocumentReference"),
		patients.NothingRecorded: func(t *testing.T, p patients.Patient) bool {
			return !holds(t, p, "", func(r object) bool { return r["resourceType"] != "Patient" })
		},
		patients.VeryLargeRecord: func(_ *testing.T, p patients.Patient) bool { return len(p.Bundle("dorset")) > 3<<20 },
		patients.AwkwardShapes: resource("AllergyIntolerance", func(r object) bool {
			_, isCode := r["clinicalStatus"].(string)
			_, isObject := r["reaction"].(object)
			return isCode && isObject
		}),
		patients.UnknownResourceType: func(_ *testing.T, p patients.Patient) bool { return len(p.Alongside) > 0 },
		patients.DanglingReference: func(t *testing.T, p patients.Patient) bool {
			return len(looseIn(t, p, p.Regions()[0], map[string]bool{})) > 0
		},
	}
}

func TestEveryHazardIsShownByWhoNamesIt(t *testing.T) {
	shown := map[patients.Hazard]int{}
	tests := proofs()
	maps.Copy(tests, documentProofs())
	for _, p := range all(t) {
		for _, h := range p.Hazards {
			shown[h]++
			if test := tests[h]; test == nil || !test(t, p) {
				t.Errorf("%s names %s and does not show it", p.Slug, h)
			}
		}
	}
	for _, h := range patients.Hazards() {
		if shown[h] == 0 {
			t.Errorf("nobody shows %s", h)
		}
	}
}

// business keeps, by region, the prescription items of a patient and who contributed them.
type business struct{ value, organisation string }

func items(t *testing.T, p patients.Patient, region string) map[business]object {
	t.Helper()
	found := map[business]object{}
	for _, r := range resources(t, p.Bundle(region)) {
		identifiers, _ := r["identifier"].([]any)
		if r["resourceType"] != "MedicationRequest" || len(identifiers) == 0 {
			continue
		}
		tags := r["meta"].(object)["tag"].([]any)
		value, _ := identifiers[0].(object)["value"].(string)
		found[business{value, tags[len(tags)-1].(object)["code"].(string)}] = r
	}
	return found
}

// sharedItems gives the prescription items that both regions hold from the same organisation.
func sharedItems(t *testing.T, p patients.Patient) (both []business) {
	t.Helper()
	theirs := items(t, p, "yorkshire")
	for key := range items(t, p, "dorset") {
		if theirs[key] != nil {
			both = append(both, key)
		}
	}
	return both
}

func drugAndDose(t *testing.T, p patients.Patient, region string) map[string]string {
	t.Helper()
	doses := map[string]string{}
	for _, r := range resources(t, p.Bundle(region)) {
		if r["resourceType"] != "MedicationRequest" || r["status"] == "stopped" {
			continue
		}
		dose := r["dosageInstruction"].([]any)[0].(object)["text"].(string)
		if reference, ok := r["medicationReference"].(object); ok {
			doses[firstWord(reference["display"].(string))] = dose
			continue
		}
		codings := r["medicationCodeableConcept"].(object)["coding"].([]any)
		doses[firstWord(codings[0].(object)["display"].(string))] = dose
	}
	return doses
}

func firstWord(s string) string { return strings.Fields(s)[0] }

// differentDoses finds a drug whose dose differs between the regions.
func differentDoses(t *testing.T, p patients.Patient) bool {
	t.Helper()
	theirs := drugAndDose(t, p, "yorkshire")
	for drug, dose := range drugAndDose(t, p, "dorset") {
		if theirs[drug] != "" && theirs[drug] != dose {
			return true
		}
	}
	return false
}

func TestSameIdentifierFromAnotherOrganisationIsNoTie(t *testing.T) {
	for _, p := range all(t) {
		if p.Slug != "hugh" {
			continue
		}
		if got := len(sharedItems(t, p)); got != 1 {
			t.Errorf("%d prescription items are tied, want the omeprazole alone", got)
		}
	}
}
