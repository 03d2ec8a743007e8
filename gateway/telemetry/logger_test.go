package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	canaryNumber  = "9990000018"
	canaryName    = "Quincunx Pettibone"
	canaryAddress = "17 Marmalade Crescent"
)

func logTo(t *testing.T, out *bytes.Buffer, format string) *slog.Logger {
	t.Helper()
	logger, err := telemetry.NewLogger(out, telemetry.LogOptions{Level: "debug", Format: format})
	if err != nil {
		t.Fatal(err)
	}
	return logger
}

// person prints itself with everything.
type person struct{ Name, Number string }

func urlError() error {
	_, err := http.Get("http://127.0.0.1:0/Patient?identifier=" + canaryNumber + "&name=" + url.QueryEscape(canaryName))
	return err
}

func TestCanariesStayOutOfTheLog(t *testing.T) {
	query := &lhcrv1.PatientQuery{NhsNumber: canaryNumber, DateOfBirth: "1951-04-17"}
	patient := &lhcrv1.Person{
		NhsNumber: canaryNumber,
		Names:     []*lhcrv1.HumanName{{Text: canaryName, Family: canaryName}},
		Addresses: []*lhcrv1.Address{{Text: canaryAddress, Lines: []string{canaryAddress}}},
	}
	values := map[string]any{
		"query":          query,
		"request":        &lhcrv1.GetRecordRequest{Patient: query, Access: &lhcrv1.AccessContext{OverrideReason: canaryName}},
		"patient":        patient,
		"record":         &lhcrv1.Record{PersonDemographics: []*lhcrv1.Person{patient}},
		"response":       &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{PersonDemographics: []*lhcrv1.Person{patient}}},
		"text":           "asked for " + canaryNumber,
		"text in groups": "asked for 999 000 0018 and 999-000-0018",
		"url error":      urlError(),
		"relative url":   &url.Error{Op: "Get", URL: "/Patient?name=" + canaryName, Err: errors.New("refused")},
		"wrapped":        fmt.Errorf("fetching: %w", urlError()),
		"status":         status.Errorf(codes.NotFound, "no https://a.example/Patient/%s, born 1951-04-17", canaryNumber),
		"plain error":    errors.New("no patient 999 000 0018 at https://a.example/" + url.QueryEscape(canaryName)),
		"struct":         person{canaryName, canaryNumber},
		"pointer":        &person{canaryName, canaryNumber},
		"map":            map[string]string{"name": canaryName},
		"bytes":          []byte(canaryName),
		"slice":          []any{canaryName},
		"strings":        []string{"a", canaryNumber},
		"group":          slog.GroupValue(slog.Any("inner", query)),
		"nil message":    (*lhcrv1.PatientQuery)(nil),
		"nothing":        nil,
	}
	for _, format := range []string{"json", "text"} {
		for name, value := range values {
			t.Run(format+" "+name, func(t *testing.T) {
				var out bytes.Buffer
				logger := logTo(t, &out, format)
				logger.Info("seen "+canaryNumber, "value", value)
				logger.With("value", value).WithGroup("g").Warn("seen", "again", value)
				for _, canary := range []string{canaryNumber, "999 000 0018", "999-000-0018", canaryName, url.QueryEscape(canaryName), "Quincunx", canaryAddress, "1951-04-17", "UXVpbmN1bng"} {
					if strings.Contains(out.String(), canary) {
						t.Errorf("the log holds %q:\n%s", canary, out.String())
					}
				}
				if strings.Count(out.String(), "\n") != 2 {
					t.Errorf("want two lines:\n%s", out.String())
				}
			})
		}
	}
}

func TestWhatIsNeededStaysInTheLog(t *testing.T) {
	const id = "12345678-1234-4321-8123-123456789012"
	tests := map[string]struct {
		value any
		want  string
	}{
		"request id":         {id, id},
		"ten digits":         {"1234567890 is no NHS number", "1234567890 is no NHS number"},
		"twelve digits":      {"555021935107", "555021935107"},
		"code":               {codes.NotFound, "NotFound"},
		"regions":            {[]string{"dorset", "yorkshire"}, "dorset, yorkshire"},
		"error":              {errors.New("the region refused us"), "the region refused us"},
		"unknown type":       {person{}, "[telemetry_test.person]"},
		"request's regions":  {&lhcrv1.GetRecordRequest{Regions: &lhcrv1.RegionSelection{RegionIds: []string{"dorset"}}}, `"dorset"`},
		"request's sections": {&lhcrv1.GetRecordRequest{Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES}}, "SECTION_ALLERGIES"},
		"answer's outcome": {&lhcrv1.GetRecordResponse{Outcomes: []*lhcrv1.SectionOutcome{{RegionId: "dorset", Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED}}},
			"OUTCOME_STATUS_REFUSED"},
		"record's counts": {&lhcrv1.Record{Medications: []*lhcrv1.Medication{{}, {}}}, `{"medications":2}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			logTo(t, &out, "json").Info("seen", "value", test.value)
			if !strings.Contains(out.String(), test.want) {
				t.Errorf("the log lacks %q:\n%s", test.want, out.String())
			}
		})
	}
}

func TestLevelAndFormatAreHeeded(t *testing.T) {
	var out bytes.Buffer
	logger, err := telemetry.NewLogger(&out, telemetry.LogOptions{Level: "warn", Format: "text"})
	if err != nil {
		t.Fatal(err)
	}
	logger.InfoContext(context.Background(), "quiet")
	logger.Warn("loud")
	if strings.Contains(out.String(), "quiet") || !strings.Contains(out.String(), "level=WARN msg=loud") {
		t.Errorf("the log is %q", out.String())
	}
	for _, o := range []telemetry.LogOptions{{Level: "loud", Format: "json"}, {Level: "info", Format: "xml"}} {
		if _, err := telemetry.NewLogger(&out, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
