package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/rest"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	getRecord = "/lhcr.v1.RecordService/GetRecord"
	invalid   = "ERROR_REASON_INVALID_REQUEST"
	missing   = "ERROR_REASON_NOT_SUPPORTED"
)

func TestWhatIsWrongWithARequestIsSaidAndTold(t *testing.T) {
	big := `{"patient": {"nhsNumber": "` + strings.Repeat("9", 5000) + `"}}`
	tests := map[string]struct {
		verb, path, body string
		header           map[string]string
		status           int
		reason, method   string
		says             string
	}{
		"unknown path":                 {"POST", "/v1/records", asked, nil, 404, missing, "", "/docs"},
		"unknown page":                 {"GET", "/docs/other", "", nil, 404, missing, "", "/docs"},
		"a slash too many":             {"POST", "/v1/record:get/", asked, nil, 404, missing, "", ""},
		"an empty region id":           {"GET", "/v1/regions/", "", nil, 404, missing, "", ""},
		"wrong method":                 {"GET", "/v1/record:get", "", nil, 405, missing, "", "POST"},
		"wrong method for a page":      {"POST", "/openapi.json", asked, nil, 405, missing, "", "GET"},
		"method override":              {"POST", "/v1/regions", "", map[string]string{"X-HTTP-Method-Override": "GET"}, 405, missing, "", ""},
		"a form for a GET":             {"POST", "/v1/regions", "a=b", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 405, missing, "", ""},
		"too large":                    {"POST", "/v1/record:get", big, nil, 413, invalid, getRecord, "4096"},
		"no type":                      {"POST", "/v1/record:get", asked, map[string]string{"Content-Type": ""}, 415, invalid, getRecord, "application/json"},
		"another type":                 {"POST", "/v1/record:get", asked, map[string]string{"Content-Type": "text/json"}, 415, invalid, getRecord, ""},
		"another charset":              {"POST", "/v1/record:get", asked, map[string]string{"Content-Type": "application/json; charset=utf-16"}, 415, invalid, getRecord, ""},
		"compressed":                   {"POST", "/v1/record:get", asked, map[string]string{"Content-Encoding": "gzip"}, 415, invalid, getRecord, ""},
		"empty body":                   {"POST", "/v1/record:get", "", map[string]string{"Content-Type": "application/json"}, 400, invalid, getRecord, "empty"},
		"query beside a body":          {"POST", "/v1/record:get?a=b", asked, nil, 400, invalid, getRecord, "body"},
		"unknown query parameter":      {"GET", "/v1/regions:resolve?postcode=a", "", nil, 400, invalid, "/lhcr.v1.RegionService/ResolveRegions", ""},
		"query parameter twice":        {"GET", "/v1/regions:resolve?odsCode=a&odsCode=b", "", nil, 400, invalid, "/lhcr.v1.RegionService/ResolveRegions", "odsCode"},
		"two of a choice":              {"GET", "/v1/regions:resolve?odsCode=FA1&pharmaceuticalCommittee=b", "", nil, 400, invalid, "", ""},
		"malformed query":              {"GET", "/v1/regions:resolve?odsCode=%zz", "", nil, 400, invalid, "", ""},
		"number in the query":          {"GET", "/v1/regions:resolve?odsCode=9990000018", "", nil, 400, invalid, "", "body"},
		"spaced number in the query":   {"GET", "/v1/regions:resolve?pharmaceuticalCommittee=999+000%2D0018", "", nil, 400, invalid, "", "body"},
		"number in the path":           {"GET", "/v1/regions/9990000018", "", nil, 400, invalid, "", "body"},
		"number in a parameter's name": {"GET", "/v1/regions?9990000018=a", "", nil, 400, invalid, "", "body"},
		"no timeout":                   {"POST", "/v1/record:get", asked, map[string]string{"Grpc-Timeout": "9990000018"}, 400, invalid, getRecord, "Grpc-Timeout"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, &backend{}, nil)
			res := s.do(t, tt.verb, tt.path, tt.body, tt.header)
			if res.StatusCode != tt.status || res.reason(t) != tt.reason {
				t.Errorf("status %d with %s, want %d with %s", res.StatusCode, res.reason(t), tt.status, tt.reason)
			}
			if !strings.Contains(res.status(t).GetMessage(), tt.says) {
				t.Errorf("the message %q does not say %q", res.status(t).GetMessage(), tt.says)
			}
			if tt.status == 405 && res.Header.Get("Allow") == "" {
				t.Error("no Allow header")
			}
			if strings.Contains(string(res.body), "99900") || strings.Contains(string(res.body), "99999999") {
				t.Errorf("the answer repeats the number: %s", res.body)
			}
			wantTold(t, s, res, tt.method, tt.reason)
		})
	}
}

// wantTold checks that a refusal here was told of once, under the id in the answer. What
// went through to grpc-gateway's own checks of a query is no refusal of ours.
func wantTold(t *testing.T, s *surface, res answer, method, reason string) {
	t.Helper()
	if strings.Contains(res.Request.URL.RawQuery, "pharmaceuticalCommittee=b") {
		return
	}
	want := []rest.Refusal{{
		RequestID: res.Header.Get("X-Request-Id"), Method: method,
		Code: codes.Code(res.status(t).GetCode()), Reason: lhcrv1.ErrorReason(lhcrv1.ErrorReason_value[reason]),
	}}
	if diff := cmp.Diff(want, s.taken()); diff != "" {
		t.Errorf("refusals told of (-want +got):\n%s", diff)
	}
}

func TestUnreadableJSONIsExplainedWithoutItsValues(t *testing.T) {
	const number = "9990000018"
	tests := map[string]struct {
		body, field string
		says        []string
	}{
		"number for a string":         {`{"patient": {"nhsNumber": ` + number + `}}`, "patient.nhsNumber", []string{"string in quotes", "line 1, column 27"}},
		"number cut off":              {"{\n\"patient\": {\"nhsNumber\": " + number, "patient.nhsNumber", []string{"line 2"}},
		"no JSON at all":              {number, "", nil},
		"a word":                      {`Zebedee`, "", nil},
		"missing quote":               {`{"patient": {"nhsNumber": "` + number + `}}`, "", nil},
		"missing comma":               {`{"patient": {"nhsNumber": "` + number + `" "dateOfBirth": "1951"}}`, "", nil},
		"something after the end":     {asked + number, "", nil},
		"unknown field":               {`{"patient": {"nhsNo": "` + number + `"}}`, "patient.nhsNo", []string{"no field of PatientQuery; its fields are: nhsNumber, dateOfBirth"}},
		"unknown field of a number":   {`{"` + number + `": "x"}`, "", []string{"a name is no field of GetRecordRequest"}},
		"unknown field of many words": {`{"Zebedee Canary": "x"}`, "", []string{"its fields are: patient, access,"}},
		"unknown value":               {`{"access": {"basis": "Zebedee"}}`, "access.basis", []string{"one of ACCESS_BASIS_LEGITIMATE_RELATIONSHIP, "}},
		"a name for a switch":         {`{"includeSource": "Zebedee"}`, "includeSource", []string{"true or false"}},
		"field twice":                 {`{"includeSource": true, "includeSource": false}`, "includeSource", []string{"twice"}},
		"both of a choice":            {`{"freshness": {"maxAge": "5s", "pastCache": true}}`, "freshness.pastCache", []string{"only one of maxAge, pastCache"}},
		"no duration":                 {`{"freshness": {"maxAge": "Zebedee"}}`, "freshness.maxAge", []string{"90s"}},
		"no time":                     {`{"window": {"from": "` + number + `"}}`, "window.from", []string{"2026-11-21T09:30:00Z"}},
		"a list for an object":        {`{"patient": ["` + number + `"]}`, "patient", []string{"object in braces; its fields are: nhsNumber"}},
		"a word for an object":        {`{"regions": "Zebedee"}`, "regions", []string{"object in braces; its fields are: regionIds, all"}},
		"an object for a list":        {`{"sections": {"Zebedee": 1}}`, "sections", []string{"list in brackets"}},
		"an element of a list":        {`{"sections": ["SECTION_ALLERGIES", "Zebedee"]}`, "sections[1]", []string{"SECTION_ALERTS", "others that /docs lists"}},
		"an object for a word":        {`{"patient": {"nhsNumber": {"a": 1}}}`, "patient.nhsNumber", []string{"string in quotes"}},
		"a list for the whole":        {`["` + number + `"]`, "", []string{"GetRecordRequest, an object in braces"}},
		"within a list":               {`{"access": {"consents": [{}, {"from": 5}]}}`, "access.consents[1].from", []string{"string in quotes"}},
		"behind another line":         {"{\"é\": 1,\n \"patient\": 5}", "", []string{"a name is no field of GetRecordRequest"}},
		"no UTF-8":                    {"{\"patient\": {\"nhsNumber\": \"\xff" + number + "\"}}", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, &backend{}, nil)
			res := s.post(t, "/v1/record:get", tt.body)
			if res.StatusCode != http.StatusBadRequest || res.reason(t) != invalid {
				t.Fatalf("status %d with %s, want 400 with %s", res.StatusCode, res.reason(t), invalid)
			}
			if got := violated(t, res); got != tt.field {
				t.Errorf("blames %q, want %q: %s", got, tt.field, res.body)
			}
			for _, want := range tt.says {
				if !strings.Contains(res.status(t).GetMessage(), want) {
					t.Errorf("the message %q does not say %q", res.status(t).GetMessage(), want)
				}
			}
			for _, canary := range []string{number, "Zebedee"} {
				if strings.Contains(string(res.body), canary) {
					t.Errorf("the answer repeats %q: %s", canary, res.body)
				}
			}
			if len(s.taken()) != 1 || s.taken()[0].Method != getRecord {
				t.Errorf("told of %v, want once, for GetRecord", s.taken())
			}
		})
	}
}

// What a stream and a document are asked with has its own wrapper: the error shows it.
func TestAnUnknownFieldIsAnsweredWithTheMessagesFields(t *testing.T) {
	s := start(t, &backend{}, nil)
	res := s.post(t, "/v1/record:stream", asked)
	if got, want := res.status(t).GetMessage(), "is no field of StreamRecordRequest; its fields are: query"; !strings.Contains(got, want) {
		t.Errorf("the message %q does not say %q", got, want)
	}
}

// violated is the field that the BadRequest blames, or "".
func violated(t *testing.T, a answer) string {
	t.Helper()
	for _, d := range a.status(t).GetDetails() {
		bad := &errdetails.BadRequest{}
		if d.MessageIs(bad) {
			if err := d.UnmarshalTo(bad); err != nil {
				t.Fatal(err)
			}
			return bad.GetFieldViolations()[0].GetField()
		}
	}
	return ""
}

// What has no documented reason comes from the connection or from a fault: its words are not passed on.
func TestAnErrorWithoutAReasonIsReplaced(t *testing.T) {
	const canary = "Zebedee 9990000018"
	tests := map[codes.Code]struct {
		reason string
		http   int
	}{
		codes.Internal:          {"ERROR_REASON_INTERNAL", 500},
		codes.Unknown:           {"ERROR_REASON_INTERNAL", 500},
		codes.DataLoss:          {"ERROR_REASON_INTERNAL", 500},
		codes.Unavailable:       {"ERROR_REASON_SHUTTING_DOWN", 503},
		codes.DeadlineExceeded:  {"ERROR_REASON_DEADLINE_EXCEEDED", 504},
		codes.Canceled:          {"ERROR_REASON_CANCELLED", 499},
		codes.ResourceExhausted: {"ERROR_REASON_RESPONSE_TOO_LARGE", 422},
		codes.Unimplemented:     {missing, 501},
		codes.InvalidArgument:   {invalid, 400},
	}
	for code, want := range tests {
		t.Run(code.String(), func(t *testing.T) {
			s := start(t, &backend{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
				return nil, status.Error(code, canary)
			}}, nil)
			res := s.post(t, "/v1/record:get", asked)
			if res.StatusCode != want.http || res.reason(t) != want.reason {
				t.Errorf("status %d with %s, want %d with %s", res.StatusCode, res.reason(t), want.http, want.reason)
			}
			if strings.Contains(string(res.body), "Zebedee") {
				t.Errorf("the answer repeats what the error said: %s", res.body)
			}
		})
	}
}

func TestAnAnswerUpTo4MiBPasses(t *testing.T) {
	large := &lhcrv1.GetRecordResponse{Sources: []*lhcrv1.SourceResource{{Content: make([]byte, 4<<20-100)}}}
	s := start(t, &backend{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return encoded(t, large), nil
	}}, nil)
	got := &lhcrv1.GetRecordResponse{}
	s.post(t, "/v1/record:get", asked).into(t, got)
	if !proto.Equal(large, got) {
		t.Error("the answer is not what was sent")
	}
}
