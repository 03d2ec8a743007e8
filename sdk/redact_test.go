package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	canary = "Canary-Ann-1951"
	secret = "secret-token"
)

// telling is an answer full of the patient.
func telling() *lhcrv1.GetRecordResponse {
	o := outcome("dorset", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)
	o.Warnings = []*lhcrv1.Warning{{Code: lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT, Text: canary}}
	o.Narratives = []*lhcrv1.Narrative{{Text: canary}}
	o.SupersededBy = testNumber
	o.RetrievedAt = timestamppb.Now()
	return &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{
			Allergies:   []*lhcrv1.Allergy{allergy("dorset", canary, canary)},
			Medications: []*lhcrv1.Medication{{Header: header("dorset", "m", lhcrv1.Section_SECTION_MEDICATIONS), Product: &lhcrv1.Product{Code: &lhcrv1.Concept{Text: canary}}}},
			MedicationCourses: []*lhcrv1.MedicationCourse{{
				RegionId: "dorset", RootItemId: "m", Display: canary,
			}},
			InvestigationReports: []*lhcrv1.InvestigationReport{{Header: header("dorset", "r", lhcrv1.Section_SECTION_INVESTIGATION_RESULTS)}},
			Documents: []*lhcrv1.Document{{
				Header: header("dorset", "d", lhcrv1.Section_SECTION_DOCUMENTS), Description: canary,
				Contents: []*lhcrv1.Attachment{{ContentId: canary, Title: canary}},
			}},
		},
		Outcomes: []*lhcrv1.SectionOutcome{o},
	}
}

// hiding are values of all types that hold a patient, a record or a token.
func hiding(t *testing.T) map[string]any {
	record := sdk.NewRecord(telling(), allergies)
	query := testQuery()
	query.Access = sdk.EmergencyOverride(canary)
	_, gaps := record.Allergies().WithGaps()
	_, incomplete := record.Allergies().Complete()
	courses, _ := record.MedicationCourses().WithGaps()
	reports, _ := record.InvestigationReports().WithGaps()
	contents, _ := record.DocumentContents()
	cached := sdk.NewCachedToken(minting(time.Hour, new(int)))
	tokenOf(t, cached)
	client := connect(t, documents(nil, documentInfo, chunk(canary), documentEnd(canary)), sdk.WithTokenSource(sdk.StaticToken(secret)))
	stream := client.StreamRecord(t.Context(), query)
	document, err := client.OpenDocument(t.Context(), documentAsk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = document.Close() }) // it never fails
	var failure *sdk.Error
	_, err = client.GetRecord(t.Context(), sdk.Query{Patient: sdk.Patient{NHSNumber: "9990000019", DateOfBirth: canary}, Access: query.Access})
	if !errors.As(err, &failure) {
		t.Fatal(err)
	}
	return map[string]any{
		"Patient": testPatient, "Access": query.Access, "Query": query, "DocumentQuery": sdk.DocumentQuery{Patient: testPatient, Access: query.Access},
		"Record": record, "Section": record.Allergies(), "Gap": gaps[0], "IncompleteError": incomplete, "Age": record.Ages()[0],
		"Course": courses[0], "Report": reports[0], "DocumentContent": contents[0], "DocumentReader": document, "Stream": stream,
		"Client": client, "Error": failure, "Violation": failure.Violations[0],
		"StaticToken": sdk.StaticToken(secret), "Credential": sdk.Credential{Token: secret}, "CachedToken": cached, "TokenFile": sdk.FileToken("/home/" + canary),
	}
}

// harmless are the exported types that never hold any such thing.
var harmless = strings.Fields(`Call Cause CacheOption Observer Option Reason Retry Regions Freshness Window Whom
	TokenSource TokenFunc Refresher Item`)

func TestNothingOfAPatientIsPrinted(t *testing.T) {
	values := hiding(t)
	for name, value := range values {
		list := []any{value, &value, []any{value}, map[string]any{"k": value}, struct{ V any }{value}}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			for _, form := range list {
				hidden(t, name+" under "+verb, fmt.Sprintf(verb, form))
			}
		}
		for _, form := range list {
			var text, object bytes.Buffer
			slog.New(slog.NewTextHandler(&text, nil)).Info("m", slog.Any("v", form))
			slog.New(slog.NewJSONHandler(&object, nil)).Info("m", slog.Any("v", form))
			hidden(t, name+" in JSON logs", object.String())
			hidden(t, name+" in text logs", text.String())
		}
		if err, ok := value.(error); ok {
			hidden(t, name+" as an error", err.Error())
		}
	}
}

func hidden(t *testing.T, what, printed string) {
	t.Helper()
	for _, word := range []string{testNumber, "9990000019", testBirth, canary, secret, "t1", fmt.Sprintf("%x", testNumber), fmt.Sprintf("%X", canary), fmt.Sprintf("%x", secret)} {
		if strings.Contains(printed, word) {
			t.Errorf("%s shows %q: %s", what, word, printed)
		}
	}
}

// A type that is added is either proven to hide what it holds, or said to hold nothing.
func TestEachExportedTypeIsProvenToHide(t *testing.T) {
	values := hiding(t)
	for _, name := range exportedTypes(t) {
		if _, proven := values[name]; !proven && !slices.Contains(harmless, name) {
			t.Errorf("%s is neither proven to hide what it holds, nor said to be harmless", name)
		}
	}
}

func exportedTypes(t *testing.T) []string {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				names = append(names, spec.Name.Name)
			}
			return true
		})
	}
	return names
}

func TestPatientsAreNotMarshalledByAccident(t *testing.T) {
	for _, value := range []any{testPatient, testQuery(), sdk.EmergencyOverride(canary), sdk.DocumentQuery{Patient: testPatient}} {
		if written, err := json.Marshal(value); err == nil {
			t.Errorf("%T was marshalled: %s", value, written)
		}
	}
}

func TestAWarningsWordsAreForTheScreenOnly(t *testing.T) {
	_, gaps := sdk.NewRecord(telling(), allergies).Allergies().WithGaps()
	if got := gaps[0].Words(); got != "dorset: "+canary {
		t.Errorf("for the screen: %q", got)
	}
	if got := gaps[0].String(); got != "dorset: the source gave a warning: data in transit" {
		t.Errorf("for the log: %q", got)
	}
}
