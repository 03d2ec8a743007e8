package answer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

const (
	gp   = "https://gp.example/fhir/"
	hosp = "https://hosp.example/fhir/"
	uuid = "0a1b2c3d-0000-4000-8000-00000000000a"
)

// sited is an entry with a full URL.
func sited(url, resource string) string {
	return `{"fullUrl":"` + url + `","resource":{` + resource + `}}`
}

// unsited is an entry without one.
func unsited(resource string) string { return `{"resource":{` + resource + `}}` }

func entries(list ...string) string {
	out := `{"resourceType":"Bundle","entry":[`
	for i, e := range list {
		if i > 0 {
			out += ","
		}
		out += e
	}
	return out + `]}`
}

func drug(id, text string) string {
	return `"resourceType":"Medication","id":"` + id + `","code":{"text":"` + text + `"}`
}

func order(ref string) string {
	return `"resourceType":"MedicationRequest","id":"9","medicationReference":{"reference":"` + ref + `"}`
}

// TestAnIDMeansNothingOnAnotherServer forbids to take one server's drug for another's.
func TestAnIDMeansNothingOnAnotherServer(t *testing.T) {
	versioned := drug("1", "second") + `,"meta":{"versionId":"2"}`
	cases := []struct {
		name    string
		entries []string
		want    string // the drug's text, empty when the reference must lead nowhere
	}{
		{"absolute, to another server", []string{sited(gp+"Medication/1", drug("1", "warfarin")), unsited(order(hosp + "Medication/1"))}, ""},
		{"absolute, to that server", []string{sited(gp+"Medication/1", drug("1", "warfarin")), unsited(order(gp + "Medication/1"))}, "warfarin"},
		{"absolute, to one without an address", []string{unsited(drug("1", "warfarin")), unsited(order(hosp + "Medication/1"))}, "warfarin"},
		{"absolute, from its own server to one without an address", []string{unsited(drug("1", "warfarin")), sited(gp+"MedicationRequest/9", order(gp+"Medication/1"))}, "warfarin"},
		{"absolute, from another server to one without an address", []string{unsited(drug("1", "warfarin")), sited(gp+"MedicationRequest/9", order(hosp+"Medication/1"))}, ""},
		{"relative, its own server's first", []string{sited(gp+"Medication/1", drug("1", "warfarin")), sited(hosp+"Medication/1", drug("1", "paracetamol")),
			sited(hosp+"MedicationRequest/9", order("Medication/1"))}, "paracetamol"},
		{"relative, only another server's came", []string{sited(gp+"Medication/1", drug("1", "warfarin")), sited(hosp+"MedicationRequest/9", order("Medication/1"))}, ""},
		{"bare, only another server's came", []string{sited(gp+"Medication/1", drug("1", "warfarin")), sited(hosp+"MedicationRequest/9", order("1"))}, ""},
		{"relative, from nowhere to two servers", []string{sited(gp+"Medication/1", drug("1", "warfarin")), sited(hosp+"Medication/1", drug("1", "paracetamol")), unsited(order("Medication/1"))}, ""},
		{"relative, to one without an address", []string{unsited(drug("1", "warfarin")), sited(hosp+"MedicationRequest/9", order("Medication/1"))}, "warfarin"},
		{"relative, among URNs", []string{sited("urn:uuid:"+uuid, drug("1", "warfarin")), sited("urn:uuid:b", order("Medication/1"))}, "warfarin"},
		{"a URN is no id", []string{unsited(drug("1", "warfarin")), unsited(order("urn:uuid:1"))}, ""},
		{"a UUID as id", []string{unsited(drug(uuid, "warfarin")), unsited(order("urn:uuid:" + uuid))}, "warfarin"},
		{"a UUID as id on a server", []string{sited(gp+"Medication/"+uuid, drug(uuid, "warfarin")), unsited(order("urn:uuid:" + uuid))}, ""},
		{"another version", []string{unsited(versioned), unsited(order("Medication/1/_history/1"))}, ""},
		{"that version", []string{unsited(versioned), unsited(order("Medication/1/_history/2"))}, "second"},
		{"another version, absolute", []string{sited(gp+"Medication/1", versioned), unsited(order(gp + "Medication/1/_history/1"))}, ""},
		{"one of two versions", []string{sited(gp+"Medication/1/_history/1", drug("1", "first")+`,"meta":{"versionId":"1"}`),
			sited(gp+"Medication/1/_history/2", versioned), unsited(order(gp + "Medication/1/_history/2"))}, "second"},
		{"an address that names another type", []string{sited(gp+"Patient/1/summary/1", drug("1", "warfarin")), sited(gp+"MedicationRequest/9", order("Medication/1"))}, ""},
		{"in a patient's compartment", []string{sited(gp+"Medication/1", drug("1", "warfarin")), sited(gp+"Patient/p/MedicationRequest/9", order("Medication/1"))}, "warfarin"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{}, entries(c.entries...))
			from := a.Of("MedicationRequest")[0]
			ref := model.Of[model.Reference](answer.As[model.MedicationRequest](from).Medication)
			got := ""
			if m := answer.As[model.Medication](a.Follow(from, ref)); m != nil {
				got = m.Code.Text
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSubjectsOfOtherServers(t *testing.T) {
	flag := func(ref string) string { return `"resourceType":"Flag","id":"f","subject":{"reference":"` + ref + `"}` }
	onGP := sited(gp+"Patient/a", patient("a", ann))
	cases := []struct {
		name, patient, flag string
		want                answer.Check
	}{
		{"the same server", onGP, unsited(flag(gp + "Patient/a")), answer.Match},
		{"the same server, an older version", onGP, unsited(flag(gp + "Patient/a/_history/1")), answer.Match},
		{"an older version of one who says which", unsited(patient("a", ann) + `,"meta":{"versionId":"2"}`), unsited(flag("Patient/a/_history/1")), answer.Match},
		{"another of the same server", onGP, unsited(flag(gp + "Patient/z")), answer.Mismatch},
		{"the same id of another server", onGP, unsited(flag(hosp + "Patient/a")), answer.Unresolved},
		{"the same id relative to another server", onGP, sited(hosp+"Flag/f", flag("Patient/a")), answer.Unresolved},
		{"another id relative to another server", onGP, sited(hosp+"Flag/f", flag("Patient/z")), answer.Unresolved},
		{"relative to the same server", onGP, sited(gp+"Flag/f", flag("Patient/a")), answer.Match},
		{"the id alone agrees", unsited(patient("a", ann)), unsited(flag(hosp + "Patient/a")), answer.Unresolved},
		{"the id alone agrees, for another person", unsited(patient("a", bob)), unsited(flag(hosp + "Patient/a")), answer.Mismatch},
		{"its own server, a patient without address", unsited(patient("a", ann)), sited(gp+"Flag/f", flag(gp+"Patient/a")), answer.Match},
		{"another of its own server, a patient without address", unsited(patient("a", ann)), sited(gp+"Flag/f", flag(gp+"Patient/z")), answer.Mismatch},
		{"the number as id, elsewhere", onGP, unsited(flag(hosp + "Patient/" + ann)), answer.Match},
		{"its URN", sited("urn:uuid:"+uuid, patient("a", ann)), unsited(flag("urn:uuid:" + uuid)), answer.Match},
		{"its URN in capitals", sited("urn:uuid:"+uuid, patient("a", ann)), unsited(flag("urn:uuid:" + strings.ToUpper(uuid))), answer.Match},
		{"another URN", sited("urn:uuid:"+uuid, patient("a", ann)), unsited(flag("urn:uuid:other")), answer.Mismatch},
		{"another URN than the id", unsited(patient("a", ann)), unsited(flag("urn:uuid:other")), answer.Mismatch},
		{"a URN of the id", unsited(patient("a", ann)), unsited(flag("urn:uuid:a")), answer.Unresolved},
		{"a URN beside a server's address", onGP, unsited(flag("urn:uuid:other")), answer.Unresolved},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{NHSNumber: ann}, entries(c.patient, c.flag))
			if got := a.Subject(a.Of("Flag")[0]); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

// TestOneTextFromTwoServers is about references that read alike and mean two persons.
func TestOneTextFromTwoServers(t *testing.T) {
	const flag = `"resourceType":"Flag","subject":{"reference":"Patient/a"}`
	a := read(t, answer.Options{NHSNumber: ann}, entries(sited(gp+"Patient/a", patient("a", ann)), sited(hosp+"Patient/a", patient("a", bob)),
		sited(gp+"Flag/1", flag), sited(hosp+"Flag/1", flag), sited(gp+"Flag/2", flag)))
	var got []answer.Check
	for _, e := range a.Of("Flag") {
		got = append(got, a.Subject(e))
	}
	if d := cmp.Diff([]answer.Check{answer.Match, answer.Mismatch, answer.Match}, got); d != "" {
		t.Error(d)
	}
}
