package fhirsearch_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		bundle(1, link("next", "https://region.invalid/page"), allergy("a")), `{"resourceType":"Bundle","entry":{"resource":7}}`,
		`<Bundle xmlns="http://hl7.org/fhir"><total value="1"/><link><relation value="next"/><url value="u"/></link><entry><resource><Flag/></resource></entry></Bundle>`,
		`{"resourceType":"Bundle","link":"x"}`, `[`, `{"resourceType":["Bundle"]}`, `{"total":1e400}`, "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		matches, entries, next, err := fhirsearch.ParsePage(body)
		if matches < 0 || matches > entries {
			t.Errorf("%d matches of %d entries", matches, entries)
		}
		if err != nil && next != "" && entries == 0 {
			t.Errorf("a page that is none leads to another")
		}
	})
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`{"resourceType":"OperationOutcome","meta":{"tag":[{"system":"https://yhcr.nhs.uk/RequestId","code":"a"}]},"issue":[{"code":"login"}]}`))
	f.Add([]byte(`{"issue":[{"code":"Jane Example"}]}`))
	f.Add([]byte(`<OperationOutcome xmlns="http://hl7.org/fhir"><issue><code value="Jane Example"/></issue></OperationOutcome>`))
	safe := regexp.MustCompile(`^[a-z-]{0,20}$`)
	f.Fuzz(func(t *testing.T, body []byte) {
		code, id := fhirsearch.ReadRefusal(body)
		if !safe.MatchString(code) || len(id) > 64 {
			t.Errorf("code %q, request id %q", code, id)
		}
	})
}

func FuzzHandle(f *testing.F) {
	f.Add([]byte{}, []byte("x"))
	f.Add([]byte{1}, []byte{})
	f.Fuzz(func(t *testing.T, prefix, suffix []byte) {
		ids := []string{"p1", "p2"}
		got, err := fhirsearch.OpenHandle(number, number, ids, func(sealed []byte) []byte {
			return slices.Concat(prefix, sealed, suffix)
		})
		if len(prefix)+len(suffix) == 0 {
			if err != nil || !slices.Equal(got, ids) {
				t.Fatalf("its own handle: %v, %v", got, err)
			}
			return
		}
		if err == nil {
			t.Errorf("a changed handle was opened: %v", got)
		}
	})
}

func TestHandleOfAnotherNumberIsNotOpened(t *testing.T) {
	same := func(sealed []byte) []byte { return sealed }
	if got, err := fhirsearch.OpenHandle(number, "9990000026", []string{"p1"}, same); err == nil {
		t.Errorf("opened: %v", got)
	}
}

func FuzzTargets(f *testing.F) {
	for _, seed := range []string{
		parameters(targetID("Patient/p1"), targetIdentifier("urn:oid:2.999.1", "a|b")), bundle(0, ""), `{"resourceType":"OperationOutcome"}`,
		`<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="targetId"/></parameter></Parameters>`, "", "[]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ids, identifiers, failure := fhirsearch.ReadTargets(body)
		if failure != nil && len(ids)+len(identifiers) > 0 {
			t.Errorf("records beside the failure %v", failure)
		}
		if slices.Contains(ids, "") {
			t.Error("a record without an id")
		}
	})
}

func FuzzLinks(f *testing.F) {
	f.Add([]byte(bundle(2, "", record("p1", number, "seealso Patient/p2"), record("p2", "", "replaced-by Patient/p1"))))
	f.Add([]byte(bundle(1, "", record("p1", number, "refer #x", "refer urn:uuid:1"))))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(fhirsearch.Tied(body, "")) > 0 {
			t.Error("somebody is tied to nobody")
		}
		fhirsearch.Tied(body, number)
	})
}
