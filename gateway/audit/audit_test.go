package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/audit"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

const number = "9990000018"

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// setting is an audit that writes lines to a buffer.
type setting struct {
	out bytes.Buffer
	log *audit.Lines
}

func newSetting(t *testing.T, random string) *setting {
	t.Helper()
	s := &setting{}
	var err error
	s.log, err = audit.NewLines(audit.LinesOptions{
		Regions: []string{"dorset", "yorkshire"},
		Handler: slog.NewJSONHandler(&s.out, nil), Now: func() time.Time { return start }, Random: strings.NewReader(strings.Repeat(random, 32)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lines are the lines written so far, without those of another event.
func (s *setting) lines(t *testing.T) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for one := range strings.Lines(s.out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(one), &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func call() audit.Call {
	return audit.Call{Event: audit.EventCall, Operation: "/lhcr.v1.RecordService/GetRecord", RequestID: "r1", At: start}
}

func pharmacist() audit.Actor {
	return audit.Caller(&adapterv1.Caller{
		SupplierId: "pmr", OrganisationOdsCode: "FZZ99", OrganisationName: "A Pharmacy", PersonId: "555", PersonIdSystem: "https://ids.example",
		PersonName: "Sam", RoleCode: "R1290", RoleName: "Pharmacist", RoleProfileId: "777",
	})
}

func request(basis lhcrv1.AccessBasis) audit.Request {
	return audit.Request{
		NHSNumber: number,
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: basis, OverrideReason: "Quincunx was unconscious", Device: "till 3 of " + number,
		},
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS},
		Regions:  []string{"dorset", "yorkshire"},
	}
}

func TestOneCallIsOneLineThatSaysWhoAndWhat(t *testing.T) {
	s := newSetting(t, "k")
	e := s.log.Open(t.Context(), call())
	e.Identify(pharmacist())
	e.Ask(request(lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP))
	err := e.Commit(t.Context(), audit.Outcome{Code: codes.OK, At: start.Add(40 * time.Millisecond), Answer: &audit.Disclosure{
		Outcomes: []audit.SectionOutcome{
			{Region: "yorkshire", Section: lhcrv1.Section_SECTION_ALLERGIES, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED},
			{Region: "dorset", Section: lhcrv1.Section_SECTION_ALLERGIES, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED},
			{Region: "dorset", Section: lhcrv1.Section_SECTION_MEDICATIONS, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE},
		},
		Completeness: lhcrv1.Completeness_COMPLETENESS_PARTIAL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	lines := s.lines(t)
	if len(lines) != 1 {
		t.Fatalf("%d lines, want one", len(lines))
	}
	patient, _ := lines[0]["patient"].(string)
	if len(patient) != 32 {
		t.Errorf("the patient's hash is %q", patient)
	}
	delete(lines[0], "patient")
	delete(lines[0], "time")
	want := map[string]any{
		"level": "INFO", "msg": "audit call", "event": "call", "operation": "/lhcr.v1.RecordService/GetRecord", "request_id": "r1",
		"began": "2026-11-21T12:00:00Z", "took": 4e7, "code": "OK", "disclosures": 1.0,
		"supplier": "pmr", "organisation": "FZZ99", "organisation_name": "A Pharmacy", "person": "555", "person_system": "https://ids.example",
		"person_name": "Sam", "role": "R1290", "role_name": "Pharmacist", "role_profile": "777",
		"device": "till 3 of [number]", "purpose": "PURPOSE_DIRECT_CARE", "basis": "ACCESS_BASIS_LEGITIMATE_RELATIONSHIP",
		"sections": "SECTION_ALLERGIES,SECTION_MEDICATIONS", "regions": "dorset,yorkshire", "regions_answered": "dorset,yorkshire",
		"outcomes":     map[string]any{"OUTCOME_STATUS_RETURNED": 2.0, "OUTCOME_STATUS_UNAVAILABLE": 1.0},
		"completeness": "COMPLETENESS_PARTIAL",
	}
	if diff := cmp.Diff(want, lines[0]); diff != "" {
		t.Errorf("the line (-want +got):\n%s", diff)
	}
}

func TestAnOverrideIsAnAlertWithoutItsWords(t *testing.T) {
	s := newSetting(t, "k")
	e := s.log.Open(t.Context(), call())
	e.Identify(pharmacist())
	e.Ask(request(lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE))
	if err := e.Commit(t.Context(), audit.Outcome{At: start}); err != nil {
		t.Fatal(err)
	}
	line := s.lines(t)[0]
	if line["level"] != "WARN" || line["alert"] != "emergency override" || line["override_reason_given"] != true {
		t.Errorf("the line is %v", line)
	}
	if strings.Contains(s.out.String(), "Quincunx") {
		t.Error("the line repeats the caller's words")
	}
}

func TestPatientsAppearAsAHashOfThisRunOnly(t *testing.T) {
	hash := func(random, number string) any {
		s := newSetting(t, random)
		e := s.log.Open(t.Context(), call())
		e.Identify(pharmacist())
		e.Ask(audit.Request{NHSNumber: audit.Patient(number)})
		if err := e.Commit(t.Context(), audit.Outcome{At: start}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.out.String(), number) {
			t.Error("the line holds the number")
		}
		return s.lines(t)[0]["patient"]
	}
	if hash("k", number) != hash("k", number) {
		t.Error("one patient has two hashes under one key")
	}
	if hash("k", number) == hash("k", "9990000026") || hash("k", number) == hash("x", number) {
		t.Error("another patient, or another key, gives the same hash")
	}
	if got := fmt.Sprintf("%v %s %#v %+v", audit.Patient(number), audit.Patient(number), audit.Patient(number), struct{ P audit.Patient }{number}); strings.Contains(got, number) {
		t.Errorf("the number prints: %s", got)
	}
}

func TestEachPartIsALineAndTheEndSumsThemUp(t *testing.T) {
	s := newSetting(t, "k")
	e := s.log.Open(t.Context(), call())
	e.Identify(pharmacist())
	for _, region := range []string{"dorset", "yorkshire"} {
		part := audit.Disclosure{Region: region, Outcomes: []audit.SectionOutcome{{Region: region, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED}}}
		if err := e.Disclose(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	err := e.Commit(cancelled, audit.Outcome{Code: codes.Canceled, Reason: lhcrv1.ErrorReason_ERROR_REASON_CANCELLED, At: start})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range s.lines(t) {
		got = append(got, fmt.Sprint(line["msg"], line["part"], line["region"], line["code"], line["reason"], line["disclosures"], line["regions_answered"]))
	}
	want := []string{
		fmt.Sprint("audit disclosure", 1, "dorset", nil, nil, nil, "dorset"),
		fmt.Sprint("audit disclosure", 2, "yorkshire", nil, nil, nil, "yorkshire"),
		fmt.Sprint("audit call", nil, nil, "Canceled", "ERROR_REASON_CANCELLED", 2, "dorset,yorkshire"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// fussy is a log that writes nothing once the context is done.
type fussy struct{ slog.Handler }

func (f fussy) Handle(ctx context.Context, r slog.Record) error {
	return errors.Join(ctx.Err(), f.Handler.Handle(ctx, r))
}

func TestACallThatWasGivenUpIsWrittenAllTheSame(t *testing.T) {
	log, err := audit.NewLines(audit.LinesOptions{Handler: fussy{slog.NewJSONHandler(&bytes.Buffer{}, nil)}, Now: time.Now, Random: strings.NewReader(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := log.Open(ctx, call())
	e.Identify(pharmacist())
	if err := e.Commit(ctx, audit.Outcome{Code: codes.Canceled, At: start}); err != nil {
		t.Error(err)
	}
}

// failing is a log that cannot be written.
type failing struct{ slog.Handler }

func (failing) Enabled(context.Context, slog.Level) bool  { return true }
func (failing) Handle(context.Context, slog.Record) error { return errors.New("disk full") }

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	log, err := audit.NewLines(audit.LinesOptions{Handler: failing{}, Now: time.Now, Random: strings.NewReader(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	e := log.Open(t.Context(), call())
	e.Identify(pharmacist())
	if e.Disclose(t.Context(), audit.Disclosure{}) == nil {
		t.Error("a disclosure goes unwritten")
	}
	if e.Commit(t.Context(), audit.Outcome{At: start}) == nil {
		t.Error("a call goes unwritten")
	}
}

func TestTheLogsLevelDoesNotSwitchTheAuditOff(t *testing.T) {
	var out bytes.Buffer
	log, err := audit.NewLines(audit.LinesOptions{
		Handler: slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelError}), Now: time.Now, Random: strings.NewReader(strings.Repeat("k", 32)),
	})
	if err != nil {
		t.Fatal(err)
	}
	e := log.Open(t.Context(), call())
	e.Identify(pharmacist())
	if err := e.Commit(t.Context(), audit.Outcome{At: start}); err != nil || !strings.Contains(out.String(), "audit call") {
		t.Errorf("error %v, log %q", err, out.String())
	}
}

func TestAMissingContextPanics(t *testing.T) {
	s := newSetting(t, "k")
	without := func(change func(*audit.Call)) func() {
		c := call()
		change(&c)
		return func() { s.log.Open(t.Context(), c) }
	}
	committed := s.log.Open(t.Context(), call())
	committed.Identify(audit.Nobody())
	if err := committed.Commit(t.Context(), audit.Outcome{At: start}); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(){
		"event":      without(func(c *audit.Call) { c.Event = "" }),
		"operation":  without(func(c *audit.Call) { c.Operation = "" }),
		"request id": without(func(c *audit.Call) { c.RequestID = "" }),
		"time":       without(func(c *audit.Call) { c.At = time.Time{} }),
		"actor of a call": func() {
			_ = s.log.Open(t.Context(), call()).Commit(t.Context(), audit.Outcome{At: start})
		},
		"actor of a disclosure": func() { _ = s.log.Open(t.Context(), call()).Disclose(t.Context(), audit.Disclosure{}) },
		"caller of an actor": func() {
			e := s.log.Open(t.Context(), call())
			e.Identify(audit.Caller(nil))
			_ = e.Commit(t.Context(), audit.Outcome{At: start})
		},
		"time of the end": func() {
			e := s.log.Open(t.Context(), call())
			e.Identify(audit.Nobody())
			_ = e.Commit(t.Context(), audit.Outcome{})
		},
		"commit, the second time": func() { _ = committed.Commit(t.Context(), audit.Outcome{At: start}) },
	}
	for name, act := range tests {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			act()
		})
	}
}

func TestAFloodWithoutAnActorIsCountedTogether(t *testing.T) {
	s := newSetting(t, "k")
	refuse := func(after time.Duration, reason lhcrv1.ErrorReason) {
		e := s.log.Open(t.Context(), call())
		e.Identify(audit.Nobody())
		if err := e.Commit(t.Context(), audit.Outcome{Code: codes.Unauthenticated, Reason: reason, At: start.Add(after)}); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 {
		refuse(0, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING)
	}
	if got := len(s.lines(t)); got != 20 {
		t.Fatalf("%d lines for a flood, want the first 20", got)
	}
	// Who is identified is never counted together.
	e := s.log.Open(t.Context(), call())
	e.Identify(pharmacist())
	if err := e.Commit(t.Context(), audit.Outcome{At: start}); err != nil {
		t.Fatal(err)
	}
	refuse(time.Minute, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING)
	lines := s.lines(t)
	if len(lines) != 23 || lines[21]["count"] != 980.0 || lines[21]["reason"] != "ERROR_REASON_TOKEN_MISSING" {
		t.Fatalf("%d lines, the 22nd %v", len(lines), lines[21])
	}
	for range 30 {
		refuse(time.Minute, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED)
	}
	if err := s.log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines = s.lines(t)
	if last := lines[len(lines)-1]; last["count"] != 11.0 || last["reason"] != "ERROR_REASON_TOKEN_EXPIRED" {
		t.Errorf("after a flush the last line is %v", last)
	}
	before := len(lines)
	if err := s.log.Flush(t.Context()); err != nil || len(s.lines(t)) != before {
		t.Errorf("a second flush writes again: %v", err)
	}
}

func TestIncompleteOptionsAreRefused(t *testing.T) {
	whole := audit.LinesOptions{Handler: slog.DiscardHandler, Now: time.Now, Random: strings.NewReader("")}
	for name, change := range map[string]func(*audit.LinesOptions){
		"no handler": func(o *audit.LinesOptions) { o.Handler = nil },
		"no clock":   func(o *audit.LinesOptions) { o.Now = nil },
		"no random":  func(o *audit.LinesOptions) { o.Random = nil },
		"no chance":  func(*audit.LinesOptions) {},
	} {
		o := whole
		change(&o)
		if _, err := audit.NewLines(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestWhatACallerNamesFreelyIsNotWritten(t *testing.T) {
	s := newSetting(t, "k")
	e := s.log.Open(t.Context(), audit.Call{Event: audit.EventCall, Operation: "op", RequestID: "r1", At: start})
	e.Identify(audit.Nobody())
	e.Ask(audit.Request{Regions: []string{"dorset", "ashdown"}, Document: "Margaret Ashdown"})
	if err := e.Commit(t.Context(), audit.Outcome{Code: codes.OK, At: start}); err != nil {
		t.Fatal(err)
	}
	out := s.out.String()
	if strings.Contains(strings.ToLower(out), "ashdown") {
		t.Errorf("the line holds a caller's own text: %s", out)
	}
	for _, want := range []string{`"regions":"dorset,unknown"`, `"document":"hash:`} {
		if !strings.Contains(out, want) {
			t.Errorf("the line lacks %s: %s", want, out)
		}
	}
}

func TestAnItemIDIsWrittenAsItIs(t *testing.T) {
	s := newSetting(t, "k")
	e := s.log.Open(t.Context(), audit.Call{Event: audit.EventCall, Operation: "op", RequestID: "r1", At: start})
	e.Identify(audit.Nobody())
	e.Ask(audit.Request{Document: "437f9d67f183c1cecf359286c561fa35"})
	if err := e.Commit(t.Context(), audit.Outcome{Code: codes.OK, At: start}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.out.String(), `"document":"437f9d67f183c1cecf359286c561fa35"`) {
		t.Errorf("which document was fetched is lost: %s", s.out.String())
	}
}

// A deployment changes while the gateway runs.
func TestRegionsThatComeAreKnown(t *testing.T) {
	s := newSetting(t, "k")
	for _, known := range [][]string{{"dorset", "yorkshire"}, {"dorset", "wessex"}} {
		s.log.KnowRegions(known)
		e := s.log.Open(t.Context(), call())
		e.Identify(pharmacist())
		e.Ask(audit.Request{Regions: []string{"dorset", "wessex", "yorkshire"}})
		if err := e.Commit(t.Context(), audit.Outcome{At: start}); err != nil {
			t.Fatal(err)
		}
	}
	lines := s.lines(t)
	if lines[0]["regions"] != "dorset,unknown,yorkshire" || lines[1]["regions"] != "dorset,wessex,unknown" {
		t.Errorf("the regions are %v, then %v", lines[0]["regions"], lines[1]["regions"])
	}
}

// A region that was not asked, for want of a consent for instance, is none that answered.
func TestOnlyRegionsThatAnsweredAreSaidToHave(t *testing.T) {
	const (
		withheld = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
		notGiven = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
		nothing  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	)
	s := newSetting(t, "k")
	e := s.log.Open(t.Context(), call())
	e.Identify(pharmacist())
	disclosed := audit.Disclosure{Outcomes: []audit.SectionOutcome{
		{Region: "great-north", Status: withheld}, {Region: "great-north", Status: notGiven},
		{Region: "dorset", Status: withheld}, {Region: "dorset", Status: nothing},
	}}
	if err := e.Commit(t.Context(), audit.Outcome{At: time.Now(), Answer: &disclosed}); err != nil {
		t.Fatal(err)
	}
	if got := s.lines(t)[0]["regions_answered"]; got != "dorset" {
		t.Errorf("those that answered are %v", got)
	}
}
