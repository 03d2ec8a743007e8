package ihe_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// document fetches the only document that the registry lists.
func document(t *testing.T, s *service, change ...func(*adapterv1.FetchDocumentRequest)) (*adapterv1.FetchDocumentResponse, error) {
	t.Helper()
	a := region(t, byNumber, s)
	req := &adapterv1.FetchDocumentRequest{Patient: request().GetPatient()}
	if list := fetch(t, a, request(documents)).GetRecord().GetDocuments(); len(list) == 1 {
		req.ItemId, req.ContentId = list[0].GetHeader().GetItemId(), list[0].GetContents()[0].GetContentId()
	}
	for _, f := range change {
		f(req)
	}
	return a.(adapters.DocumentFetcher).FetchDocument(t.Context(), req)
}

func TestDocumentIsFetchedAsListed(t *testing.T) {
	pdf := letter
	pdf.media, pdf.content = "application/pdf", "%PDF-1.4 words"
	s := (&service{t: t}).on(find, found("Success", pdf.entry())).on(retrieve, came("Success", pdf.retrieved()))
	res, err := document(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if res.GetMediaType() != "application/pdf" || string(res.GetContent()) != pdf.content || res.GetPatients()[0].GetNhsNumber() != number {
		t.Errorf("%v", res)
	}
}

func TestDocumentsThatDoNotCome(t *testing.T) {
	damaged, page := letter, letter
	damaged.content, page.content = "Thyroid clinic lettex.\n", "%PDF-1.4 words of it.."
	huge := strings.Replace(letter.entry(), `<Slot name="size"><ValueList><Value>23<`, `<Slot name="size"><ValueList><Value>9000000<`, 1)
	nowhere := strings.Replace(letter.entry(), "repositoryUniqueId", "x", 1)
	list := found("Success", letter.entry())
	foreign := letter
	foreign.patient = other + "^^^&amp;" + nhs + "&amp;ISO"
	for name, c := range map[string]struct {
		list, answer string
		change       func(*adapterv1.FetchDocumentRequest)
		want         codes.Code
	}{
		"not listed":        {list, "", func(r *adapterv1.FetchDocumentRequest) { r.ItemId = "another" }, codes.NotFound},
		"other content":     {list, "", func(r *adapterv1.FetchDocumentRequest) { r.ContentId = "another" }, codes.NotFound},
		"nobody's":          {found("Success", ""), "", nil, codes.NotFound},
		"somebody else's":   {found("Success", foreign.entry()), "", nil, codes.FailedPrecondition},
		"list not whole":    {found("PartialSuccess", "", "XDSRegistryBusy"), "", nil, codes.Unavailable},
		"others' listed":    {found("Success", letter.entry()+foreign.entry()), "", func(r *adapterv1.FetchDocumentRequest) { r.ItemId = "another" }, codes.NotFound},
		"held nowhere":      {found("Success", nowhere), "", nil, codes.NotFound},
		"listed too large":  {found("Success", huge), "", nil, codes.ResourceExhausted},
		"other bytes":       {list, came("Success", damaged.retrieved()), nil, codes.DataLoss},
		"no document":       {list, came("Success", ""), nil, codes.DataLoss},
		"gone":              {list, came("Failure", "", "XDSDocumentUniqueIdError"), nil, codes.DataLoss},
		"busy":              {list, came("Failure", "", "XDSRepositoryBusy"), nil, codes.Unavailable},
		"refused":           {list, soap(`<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value></s:Subcode></s:Code></s:Fault>`), nil, codes.PermissionDenied},
		"another media":     {list, strings.Replace(came("Success", letter.retrieved()), "text/plain", "application/pdf", 1), nil, codes.DataLoss},
		"without a patient": {list, "", func(r *adapterv1.FetchDocumentRequest) { r.Patient = nil }, codes.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			s := (&service{t: t}).on(find, c.list)
			if c.answer != "" {
				s.on(retrieve, c.answer)
			}
			if c.change == nil {
				c.change = func(*adapterv1.FetchDocumentRequest) {}
			}
			res, err := document(t, s, c.change)
			if status.Code(err) != c.want || res != nil {
				t.Errorf("%v, %v; want %v", res, err, c.want)
			}
		})
	}
}

// A document larger than is delivered is not held in memory to find that out.
func TestDocumentThatIsLargerThanItSays(t *testing.T) {
	big := letter
	big.content = strings.Repeat("a", adapters.MaxDocumentBytes+1)
	entry := strings.Replace(letter.entry(), "hash", "x", 1)
	s := (&service{t: t}).on(find, found("Success", strings.Replace(entry, `name="size"`, `name="y"`, 1))).on(retrieve, came("Success", big.retrieved()))
	limits := strings.NewReplacer("max_bytes: 1048576", "max_bytes: 67108864")
	a := region(t, limits.Replace(byNumber), s)
	d := fetch(t, a, request(documents)).GetRecord().GetDocuments()[0]
	_, err := a.(adapters.DocumentFetcher).FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{Patient: request().GetPatient(), ItemId: d.GetHeader().GetItemId()})
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("%v", err)
	}
}

func TestCheckTouchesNobody(t *testing.T) {
	for name, c := range map[string]struct {
		registry, repository string
		status               int
		want                 lhcrv1.HealthStatus
	}{
		"both answer":       {found("Success", ""), came("Failure", "", "XDSUnknownRepositoryId"), 200, lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY},
		"errors":            {found("Failure", "", "XDSRegistryError"), came("Failure", "", "XDSDocumentUniqueIdError"), 200, lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY},
		"no registry":       {soap("<Hello/>"), came("Success", ""), 200, lhcrv1.HealthStatus_HEALTH_STATUS_DOWN},
		"no repository":     {found("Success", ""), soap("<Hello/>"), 200, lhcrv1.HealthStatus_HEALTH_STATUS_DOWN},
		"down":              {"", "", 503, lhcrv1.HealthStatus_HEALTH_STATUS_DOWN},
		"refused":           {"", "", 403, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING},
		"refused by itself": {found("Failure", "", "AuthorizationException"), came("Success", ""), 200, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING},
	} {
		t.Run(name, func(t *testing.T) {
			s := (&service{t: t}).onStatus(get, c.status, c.registry).onStatus(retrieve, c.status, c.repository)
			res, err := region(t, byNumber, s).(adapters.Checker).Check(t.Context(), nil)
			if err != nil || res.GetStatus() != c.want || len(res.GetSteps()) != 2 {
				t.Errorf("%v, %v; want %v", res, err, c.want)
			}
			if s.count(find) != 0 {
				t.Error("a patient's documents are looked for")
			}
		})
	}
}
