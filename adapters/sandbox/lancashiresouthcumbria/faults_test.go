package lancashiresouthcumbria_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
)

const summary = "2.999.7.3.1001"

// broken is the answer to a call while the fault is on for margaret's calls of that type.
func (d domain) broken(kind fault.Kind, resource string, call iheprobe.Call) (probe.Answer, error) {
	d.t.Helper()
	d.sys.Fault(fault.Fault{Kind: kind, NHSNumber: margaret, ResourceType: resource, RetryAfter: 7 * time.Second})
	defer d.sys.ClearFaults()
	return d.Do(d.t, call)
}

func (d domain) find() iheprobe.Call {
	return d.Call(d.Access.BaseURL, queryAction, iheprobe.FindDocuments(d.patientID(margaret), "LeafClass"))
}

func (d domain) get(ids ...string) iheprobe.Call {
	return d.Call(d.Access.Addresses["repository"], retrieveAction, iheprobe.Retrieve("", "2.999.7.2", ids...))
}

func TestRefusalsByFault(t *testing.T) {
	d := started(t)
	for kind, status := range map[fault.Kind]int{
		fault.Unauthorized: 401, fault.Forbidden: 403, fault.TooManyRequests: 429, fault.ServerError: 500,
		fault.Unavailable: 503, fault.SOAPFault: 500,
	} {
		answer, err := d.broken(kind, "DocumentReference", d.find())
		if err != nil || answer.Status != status || !strings.Contains(string(answer.Body), "env:Receiver") {
			t.Errorf("%s: %v %d %s", kind, err, answer.Status, answer.Body)
		}
		if after := answer.Header.Get("Retry-After"); (after == "7") != (status == 429 || status == 503) {
			t.Errorf("%s: Retry-After %q", kind, after)
		}
	}
}

func TestAnswersThatBreakOnTheirWay(t *testing.T) {
	d := started(t)
	for _, kind := range []fault.Kind{fault.Reset, fault.Truncated} {
		if _, err := d.broken(kind, "Binary", d.get(summary)); err == nil {
			t.Errorf("%s came whole", kind)
		}
	}
	for kind, says := range map[fault.Kind]string{fault.Garbage: "<!DOCTYPE html>", fault.BrokenJSON: "<env:Envelope"} {
		answer, err := d.broken(kind, "DocumentReference", d.find())
		if err != nil || answer.Status != http.StatusOK || !strings.Contains(string(answer.Body), says) ||
			strings.HasSuffix(string(answer.Body), "Envelope>") {
			t.Errorf("%s: %v %d %.200s", kind, err, answer.Status, answer.Body)
		}
	}
	if answer, err := d.broken(fault.Redirect, "Patient", d.Call(d.Access.Addresses["pix"], pixAction, iheprobe.PIXQuery(nhs, margaret, "2.999.7.1"))); err != nil || answer.Status != http.StatusTemporaryRedirect {
		t.Errorf("redirect: %v %d", err, answer.Status)
	}
}

func TestGiantAnswerIsWellFormedAndGiant(t *testing.T) {
	d := started(t)
	answer, err := d.broken(fault.GiantBody, "DocumentReference", d.find())
	if err != nil || len(answer.Body) < fault.GiantBytes || !strings.HasSuffix(string(answer.Body), "</env:Envelope>") {
		t.Errorf("%v, %d bytes", err, len(answer.Body))
	}
}

func TestHangEndsWithItsClient(t *testing.T) {
	d := started(t)
	d.sys.Fault(fault.Fault{Kind: fault.Hang, NHSNumber: margaret, ResourceType: "Binary"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.DoContext(ctx, t, d.get(summary)); err == nil {
		t.Error("an answer came")
	}
}

func TestWrongContentInGoodForm(t *testing.T) {
	d := started(t)
	folder := d.folder("margaret")
	for name, test := range map[string]struct {
		kind     fault.Kind
		resource string
		call     iheprobe.Call
		says     []string
		mayNot   string
	}{
		"failure of a query":     {fault.ErrorIn200, "DocumentReference", d.find(), []string{"ResponseStatusType:Failure", "XDSRegistryError", margaret}, "ExtrinsicObject"},
		"partial query":          {fault.PartialIn200, "DocumentReference", d.find(), []string{"PartialSuccess", "XDSUnavailableCommunity", "ExtrinsicObject"}, ""},
		"too many":               {fault.TooManyResults, "DocumentReference", d.find(), []string{"XDSTooManyResults"}, "ExtrinsicObject"},
		"another's entries":      {fault.WrongPatient, "DocumentReference", d.find(), []string{"ExtrinsicObject"}, folder.Documents[0].UniqueID},
		"failure of a retrieval": {fault.ErrorIn200, "Binary", d.get(summary), []string{"ResponseStatusType:Failure", "XDSRepositoryError"}, "DocumentResponse"},
		"partial retrieval":      {fault.PartialIn200, "Binary", d.get(summary, "2.999.7.3.1002"), []string{"PartialSuccess", summary}, "2.999.7.3.1002</xds"},
		"failure of the index":   {fault.ErrorIn200, "Patient", d.Call(d.Access.Addresses["pix"], pixAction, iheprobe.PIXQuery(nhs, margaret, "2.999.7.1")), []string{`typeCode code="AE"`}, "registrationEvent"},
	} {
		answer, err := d.broken(test.kind, test.resource, test.call)
		if err != nil || answer.Status != http.StatusOK {
			t.Fatalf("%s: %v %d", name, err, answer.Status)
		}
		for _, says := range test.says {
			if !strings.Contains(string(answer.Body), says) {
				t.Errorf("%s does not say %s: %s", name, says, answer.Body)
			}
		}
		if test.mayNot != "" && strings.Contains(string(answer.Body), test.mayNot) {
			t.Errorf("%s says %s: %s", name, test.mayNot, answer.Body)
		}
	}
}

func TestRetrievedContentGoesWrong(t *testing.T) {
	d := started(t)
	stated := d.folder("margaret").Documents[0]
	content := func(kind fault.Kind) ([]byte, bool) {
		d.sys.Fault(fault.Fault{Kind: kind, NHSNumber: margaret, Times: 1})
		document, listed := d.Must(t, d.get(summary)).Documents(t)[summary]
		return document, listed
	}
	if got, listed := content(fault.MissingPart); !listed || got != nil {
		t.Errorf("missing part: %d bytes, listed %v", len(got), listed)
	}
	if got, _ := content(fault.WrongHash); len(got) != stated.Size || documents.Hash(got) == stated.Hash {
		t.Errorf("wrong hash: %d bytes, want %d that differ", len(got), stated.Size)
	}
	if got, _ := content(fault.TruncatedMultipart); len(got) >= stated.Size {
		t.Errorf("truncated: %d bytes of %d", len(got), stated.Size)
	}
	if got, _ := content(fault.WrongPatient); len(got) == 0 || strings.Contains(string(got), margaret) {
		t.Errorf("another's document: %.200s", got)
	}
	if got := d.Must(t, d.get(summary)).Documents(t)[summary]; documents.Hash(got) != stated.Hash {
		t.Error("the document is not right after the faults")
	}
}

func TestIndexGivesAnothersID(t *testing.T) {
	d := started(t)
	right := d.patientID(margaret)
	d.sys.Fault(fault.Fault{Kind: fault.WrongPatient, NHSNumber: margaret, ResourceType: "Patient", Times: 1})
	if got := d.patientID(margaret); got == right {
		t.Errorf("the same id %s", got)
	}
	if got := d.patientID(margaret); got != right {
		t.Errorf("%s after the fault, want %s", got, right)
	}
}
