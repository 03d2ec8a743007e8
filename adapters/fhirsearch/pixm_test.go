package fhirsearch_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func indexed(method string) []string {
	return []string{"patient: reference", "patient: pixm\n  pixm: {method: " + method + ", target_system: \"urn:oid:2.999.1\"}", "total_counts_matches: true", "total_counts_matches: false"}
}

func parameters(list ...string) string {
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
}

func targetID(reference string) string {
	return fmt.Sprintf(`{"name":"targetId","valueReference":{"reference":%q}}`, reference)
}

func targetIdentifier(system, value string) string {
	return fmt.Sprintf(`{"name":"targetIdentifier","valueIdentifier":{"system":%q,"value":%q}}`, system, value)
}

// index answers $ihe-pix as a test writes it down, a search for p1 or p2 and for the local
// identifier L|1 with that Patient, and any other with an allergy.
func index(t *testing.T, code int, answer string) (*fhirsearch.Region, *[]*http.Request, *string) {
	t.Helper()
	s, client := newServer(t, nil)
	body := new(string)
	patients := map[string]string{"p1": patient("p1", number), "p2": patient("p2", number), "p9": patient("p9", another), `urn:oid:2.999.1|L\|1`: patient("p1", number)}
	seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "$ihe-pix"):
			sent, _ := io.ReadAll(r.Body)
			*body = string(sent)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, strings.ReplaceAll(answer, "{base}", s.url+"/fhir"))
		case strings.Contains(r.URL.Path, "/Patient"):
			if p := patients[r.Form.Get("_id")+r.Form.Get("identifier")]; p != "" {
				_, _ = io.WriteString(w, bundle(1, "", p))
				return
			}
			_, _ = io.WriteString(w, bundle(0, ""))
		default:
			id := strings.TrimPrefix(r.Form.Get("patient"), "Patient/")
			_, _ = io.WriteString(w, bundle(1, "", strings.ReplaceAll(allergy("of-"+id), "Patient/p1", "Patient/"+id)))
		}
	})
	r, err := configured(t, s, client, asIs, indexed("post")...)
	if err != nil {
		t.Fatal(err)
	}
	return r, seen, body
}

func TestAnswersOfThePatientIndex(t *testing.T) {
	const (
		returned    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
		notHeld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
		invalid     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
		refused     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
		unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
		mismatch    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
	)
	outcome := func(code string) string {
		return `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"` + code + `","diagnostics":"` + number + `"}]}`
	}
	for name, c := range map[string]struct {
		code   int
		answer string
		status lhcrv1.OutcomeStatus
		items  int
		locate codes.Code
	}{
		"one record":                            {200, parameters(targetID("Patient/p1")), returned, 1, codes.OK},
		"by its full address":                   {200, parameters(targetID("{base}/Patient/p1")), returned, 1, codes.OK},
		"two records":                           {200, parameters(targetID("Patient/p1"), targetID("Patient/p2"), targetID("Patient/p2")), returned, 2, codes.OK},
		"by identifier":                         {200, parameters(targetIdentifier("urn:oid:2.999.1", "L|1")), returned, 1, codes.OK},
		"by both":                               {200, parameters(targetIdentifier("urn:oid:2.999.1", "L|1"), targetID("Patient/p2")), returned, 2, codes.OK},
		"its own number besides":                {200, parameters(targetID("Patient/p1"), targetIdentifier("https://fhir.nhs.uk/Id/nhs-number", number)), returned, 1, codes.OK},
		"another server's record besides":       {200, parameters(targetID("Patient/p1"), targetID("https://elsewhere.example/fhir/Patient/p2")), invalid, 1, codes.OK},
		"another type besides":                  {200, parameters(targetID("Patient/p1"), targetID("Person/p2")), invalid, 1, codes.OK},
		"another system's identifier besides":   {200, parameters(targetID("Patient/p1"), targetIdentifier("urn:oid:2.999.2", "9")), invalid, 1, codes.OK},
		"another person's number besides":       {200, parameters(targetID("Patient/p1"), targetIdentifier("https://fhir.nhs.uk/Id/nhs-number", another)), invalid, 1, codes.OK},
		"an identifier of nobody besides":       {200, parameters(targetID("Patient/p1"), targetIdentifier("urn:oid:2.999.1", "L2")), invalid, 1, codes.OK},
		"something unknown besides":             {200, parameters(targetID("Patient/p1"), `{"name":"target","valueString":"x"}`), invalid, 1, codes.OK},
		"a failure besides":                     {200, parameters(targetID("Patient/p1"), `{"name":"outcome","resource":`+outcome("exception")+`}`), invalid, 1, codes.OK},
		"a failure among parameters":            {200, parameters(`{"name":"outcome","resource":` + outcome("exception") + `}`), invalid, 0, codes.DataLoss},
		"a name in small letters":               {200, `{"resourceType":"Parameters","parameter":[{"name":"targetid","valueReference":{"reference":"Patient/p1"}}]}`, returned, 1, codes.OK},
		"parameters of another namespace":       {200, `<Parameters xmlns="http://hl7.org/fhir"><x:parameter xmlns:x="urn:o"><x:name value="targetId"/></x:parameter></Parameters>`, invalid, 0, codes.DataLoss},
		"a bundle that counts more":             {200, `{"resourceType":"Bundle","type":"searchset","total":2}`, invalid, 0, codes.DataLoss},
		"a bundle that goes on":                 {200, `{"resourceType":"Bundle","type":"searchset","total":0,"link":[{"relation":"Next","url":"x"}]}`, invalid, 0, codes.DataLoss},
		"not found, beside a failure":           {404, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"},{"severity":"error","code":"exception"}]}`, unavailable, 0, codes.Unavailable},
		"in XML":                                {200, `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="targetId"/><valueReference><reference value="Patient/p1"/></valueReference></parameter></Parameters>`, returned, 1, codes.OK},
		"nobody":                                {404, outcome("not-found"), notHeld, 0, codes.OK},
		"nobody, in XML":                        {404, `<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="not-found"/></issue></OperationOutcome>`, notHeld, 0, codes.OK},
		"nothing":                               {200, `{"resourceType":"Parameters"}`, notHeld, 0, codes.OK},
		"nothing, after a record was taken out": {200, bundle(0, ""), notHeld, 0, codes.OK},
		"no index at the address":               {404, "<html>not found</html>", unavailable, 0, codes.Unavailable},
		"an unknown source":                     {400, outcome("code-invalid"), refused, 0, codes.PermissionDenied},
		"an unknown target":                     {403, outcome("code-invalid"), refused, 0, codes.PermissionDenied},
		"an unknown source, told by 404":        {404, outcome("code-invalid"), refused, 0, codes.PermissionDenied},
		"out of order":                          {500, outcome("code-invalid"), unavailable, 0, codes.Unavailable},
		"only another server's record":          {200, parameters(targetID("https://elsewhere.example/fhir/Patient/p1")), invalid, 0, codes.DataLoss},
		"only another system's identifier":      {200, parameters(targetIdentifier("urn:oid:2.999.2", "1")), invalid, 0, codes.DataLoss},
		"a record that is not there":            {200, parameters(targetID("Patient/p7")), invalid, 0, codes.OK},
		"one that is there and one that is not": {200, parameters(targetID("Patient/p1"), targetID("Patient/p7")), invalid, 1, codes.OK},
		"somebody else's record":                {200, parameters(targetID("Patient/p9")), mismatch, 0, codes.OK},
		"a failure within a success":            {200, outcome("exception"), invalid, 0, codes.DataLoss},
		"a refusal within a success":            {200, outcome("forbidden"), refused, 0, codes.PermissionDenied},
		"an objection within a success":         {200, outcome("suppressed"), withheld, 0, codes.OK},
		"JSON of another kind":                  {200, `[]`, invalid, 0, codes.DataLoss},
		"a hundred records":                     {200, parameters(many(100)...), invalid, 0, codes.DataLoss},
	} {
		t.Run(name, func(t *testing.T) {
			r, _, _ := index(t, c.code, c.answer)
			res := ask(t, r, []lhcrv1.Section{allergies})
			if o := res.GetOutcomes()[0]; o.GetStatus() != c.status || strings.Contains(o.String(), number) {
				t.Errorf("outcome %v, want %v", o, c.status)
			}
			if gaps := res.GetOutcomes()[0].GetGaps(); name == "a failure within a success" && (len(gaps) != 1 || gaps[0].GetKind() != lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED) {
				t.Errorf("gaps %v, want that a provider failed", gaps)
			}
			if n := len(res.GetRecord().GetAllergies()); n != c.items {
				t.Errorf("%d allergies, want %d", n, c.items)
			}
			located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}})
			if status.Code(err) != c.locate {
				t.Errorf("located %v, %v, want %v", located, err, c.locate)
			}
			if holding := located.GetHolding() == adapterv1.Holding_HOLDING_NOT_HELD; holding != (c.status == notHeld) {
				t.Errorf("located %v", located)
			}
		})
	}
}

func many(n int) (out []string) {
	for i := range n {
		out = append(out, targetID(fmt.Sprintf("Patient/x%d", i)))
	}
	return out
}

func TestThePatientIndexIsAskedAsTheProfileHasIt(t *testing.T) {
	r, seen, body := index(t, 200, parameters(targetID("Patient/p1")))
	ask(t, r, []lhcrv1.Section{allergies})
	first := (*seen)[0]
	var got struct {
		ResourceType string
		Parameter    []map[string]any
	}
	if err := json.Unmarshal([]byte(*body), &got); err != nil {
		t.Fatal(err)
	}
	want := `[map[name:sourceIdentifier valueIdentifier:map[system:https://fhir.nhs.uk/Id/nhs-number value:9990000018]] map[name:targetSystem valueUri:urn:oid:2.999.1]]`
	if said := fmt.Sprint(got.Parameter); got.ResourceType != "Parameters" || said != want {
		t.Errorf("%s with %s", got.ResourceType, said)
	}
	if first.Method != http.MethodPost || first.URL.RequestURI() != "/fhir/Patient/$ihe-pix" || first.Header.Get("Content-Type") != "application/fhir+json" {
		t.Errorf("%s %s %v", first.Method, first.URL.RequestURI(), first.Header)
	}
}

func TestThePatientIndexIsAskedByGETWhereItWantsThat(t *testing.T) {
	s, client := newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	r, err := configured(t, s, client, asIs, indexed("get")...)
	if err != nil {
		t.Fatal(err)
	}
	ask(t, r, []lhcrv1.Section{allergies})
	want := "/fhir/Patient/$ihe-pix?sourceIdentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018&targetSystem=urn%3Aoid%3A2.999.1"
	if got := (*seen)[0]; got.Method != http.MethodGet || got.URL.RequestURI() != want {
		t.Errorf("%s %s", got.Method, got.URL.RequestURI())
	}
}

func TestHandleSparesThePatientIndex(t *testing.T) {
	r, seen, _ := index(t, 200, parameters(targetID("Patient/p1")))
	query := &lhcrv1.PatientQuery{NhsNumber: number}
	located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: query})
	if err != nil || len(located.GetHandle()) == 0 {
		t.Fatalf("%v, %v", located, err)
	}
	before := len(*seen)
	res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{Patient: query, Sections: []lhcrv1.Section{allergies}, Handle: located.GetHandle()})
	if err != nil || len(res.GetRecord().GetAllergies()) != 1 {
		t.Fatalf("%v, %v", res, err)
	}
	for _, req := range (*seen)[before:] {
		if strings.HasSuffix(req.URL.Path, "$ihe-pix") {
			t.Error("the index was asked again")
		}
	}
}
