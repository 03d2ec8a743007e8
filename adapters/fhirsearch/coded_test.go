package fhirsearch_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// reading makes documents speak of allergies, beside the search for them.
var reading = []string{
	"limits:\n", "documents: {most: 3, max_bytes: 8192}\nlimits:\n",
	"allergies: {searches: [allergies]}", "allergies: {searches: [allergies], documents: true}",
}

// letter is a CDA document about a patient, with one allergy.
func letter(nhsNumber, birth, what string) string {
	return fmt.Sprintf(`<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="2.999.1" extension="%s"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
<effectiveTime value="20260201"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="%s"/><patient><name><given>Jane</given></name><birthTime value="%s"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><templateId root="2.16.840.1.113883.10.20.22.2.6.1"/><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title><text>%s</text>
<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.30"/><id root="2.999.2" extension="%s"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="2010"/></effectiveTime>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.7"/><id root="2.999.3" extension="%s"/><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/><effectiveTime><low value="2010"/></effectiveTime>
<value xsi:type="CD" code="419199007" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to substance"/>
<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT"><code code="1" codeSystem="2.999.4" displayName="%s"/></playingEntity></participantRole></participant></observation></entryRelationship></act></entry>
</section></component></structuredBody></component></ClinicalDocument>`, what, nhsNumber, birth, what, what, what, what)
}

// reference lists a document at Binary/<id>, with further elements.
func reference(id, media, date, further string) string {
	return fmt.Sprintf(`{"resource":{"resourceType":"DocumentReference","id":%q,"status":"current","date":%q,"subject":{"reference":"Patient/p1"},`+
		`"content":[{"attachment":{"contentType":%q,"url":"Binary/%s"%s}}]}}`, id, date, media, id, further)
}

// library lists documents and keeps them; what it keeps of none is refused with 500.
func library(t *testing.T, references []string, kept map[string]string) (*fhirsearch.Region, func() []string) {
	t.Helper()
	return libraryBeside(t, bundle(1, "", allergy("a")), references, kept)
}

// emptyLibrary is a library beside which nothing is recorded.
func emptyLibrary(t *testing.T, references []string, kept map[string]string) (*fhirsearch.Region, func() []string) {
	t.Helper()
	return libraryBeside(t, bundle(0, ""), references, kept)
}

func libraryBeside(t *testing.T, recorded string, references []string, kept map[string]string) (*fhirsearch.Region, func() []string) {
	t.Helper()
	s, client := newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
		id, binary := strings.CutPrefix(r.URL.Path, "/fhir/Binary/")
		switch {
		case binary && kept[id] == "":
			w.WriteHeader(http.StatusInternalServerError)
		case binary:
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = io.WriteString(w, kept[id])
		case strings.Contains(r.URL.Path, "/Patient"):
			_, _ = io.WriteString(w, held()[0])
		case strings.Contains(r.URL.Path, "/DocumentReference"):
			_, _ = io.WriteString(w, bundle(len(references), "", references...))
		default:
			_, _ = io.WriteString(w, recorded)
		}
	})
	r, err := configured(t, s, client, asIs, reading...)
	if err != nil {
		t.Fatal(err)
	}
	return r, func() []string {
		var out []string
		for _, req := range *seen {
			if id, ok := strings.CutPrefix(req.URL.Path, "/fhir/Binary/"); ok {
				out = append(out, id)
			}
		}
		slices.Sort(out)
		return out
	}
}

func TestDocumentsAreReadForTheirEntries(t *testing.T) {
	const (
		returned = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
		partial  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	)
	mine := letter(number, "19500102", "bees")
	for name, c := range map[string]struct {
		references []string
		kept       map[string]string
		read       string
		items      int
		status     lhcrv1.OutcomeStatus
		gap        lhcrv1.GapKind
		count      uint32
		truncated  bool
	}{
		"one":                   {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": mine}, "d1", 2, returned, 0, 0, false},
		"one of no said type":   {[]string{reference("d1", "", "2026", "")}, map[string]string{"d1": mine}, "d1", 2, returned, 0, 0, false},
		"none, as it turns out": {[]string{reference("d1", "", "2026", "")}, map[string]string{"d1": "%PDF-1.4"}, "d1", 1, returned, 0, 0, false},
		"of PDF":                {[]string{reference("d1", "application/pdf", "2026", "")}, nil, "", 1, returned, 0, 0, false},
		"inside the list": {
			[]string{strings.Replace(reference("d1", "text/xml", "2026", ""), `"url":"Binary/d1"`, `"data":"`+base64.StdEncoding.EncodeToString([]byte(mine))+`"`, 1)}, nil, "", 2, returned, 0, 0, false,
		},
		"superseded":           {[]string{strings.Replace(reference("d1", "text/xml", "2026", ""), "current", "superseded", 1)}, nil, "", 1, returned, 0, 0, false},
		"another's":            {[]string{strings.Replace(reference("d1", "text/xml", "2026", ""), "Patient/p1", "Patient/p9", 1)}, nil, "", 1, partial, lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, 1, false},
		"listed twice":         {[]string{reference("d1", "text/xml", "2026", ""), reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": mine}, "d1", 2, returned, 0, 0, false},
		"about another":        {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": letter(another, "19500102", "bees")}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, 1, false},
		"born otherwise":       {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": letter(number, "19510102", "bees")}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, 1, false},
		"failing":              {[]string{reference("d1", "text/xml", "2026", ""), reference("d2", "text/xml", "2025", "")}, map[string]string{"d2": mine}, "d1 d2", 2, partial, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, 1, false},
		"failing, both":        {[]string{reference("d1", "text/xml", "2026", ""), reference("d2", "text/xml", "2025", "")}, nil, "d1 d2", 1, partial, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, 2, false},
		"a page of HTML":       {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": "<html>Sorry</html>"}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_MALFORMED, 1, false},
		"other XML":            {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": "<Envelope/>"}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, 1, false},
		"cut short":            {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": mine[:len(mine)-40]}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, 1, false},
		"of another size":      {[]string{reference("d1", "text/xml", "2026", `,"size":3`)}, map[string]string{"d1": mine}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_MALFORMED, 1, false},
		"of another hash":      {[]string{reference("d1", "text/xml", "2026", `,"hash":"qUqP5cyxm6YcTAhz05Hph5gvu9M="`)}, map[string]string{"d1": mine}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_MALFORMED, 1, false},
		"said to be too large": {[]string{reference("d1", "text/xml", "2026", `,"size":9000`)}, map[string]string{"d1": mine}, "", 1, partial, lhcrv1.GapKind_GAP_KIND_TOO_LARGE, 1, false},
		"too large":            {[]string{reference("d1", "text/xml", "2026", "")}, map[string]string{"d1": mine + strings.Repeat(" ", 9000)}, "d1", 1, partial, lhcrv1.GapKind_GAP_KIND_TOO_LARGE, 1, false},
		"kept elsewhere": {
			[]string{strings.Replace(reference("d1", "text/xml", "2026", ""), "Binary/d1", "https://elsewhere.example/d1", 1)}, nil, "", 1, partial, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, 1, false,
		},
		"more than are read": {
			[]string{reference("d1", "text/xml", "2023", ""), reference("d2", "text/xml", "2026", ""), reference("d3", "text/xml", "2024", ""), reference("d4", "text/xml", "2025", "")},
			map[string]string{"d2": mine, "d3": letter(number, "1950", "cats"), "d4": letter(number, "", "dogs")}, "d2 d3 d4", 4, partial, lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, 1, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, fetched := library(t, c.references, c.kept)
			res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{
				Patient: &lhcrv1.PatientQuery{NhsNumber: number, DateOfBirth: "1950-01-02"}, Sections: []lhcrv1.Section{allergies},
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(fetched(), " "); got != c.read {
				t.Errorf("fetched %q, want %q", got, c.read)
			}
			if n := len(res.GetRecord().GetAllergies()); n != c.items {
				t.Errorf("%d allergies, want %d", n, c.items)
			}
			o := res.GetOutcomes()[0]
			if o.GetStatus() != c.status || o.GetTruncated() != c.truncated || (len(o.GetGaps()) > 0) != (c.gap != 0) {
				t.Fatalf("outcome %v, want %v", o, c.status)
			}
			if c.gap != 0 && (o.GetGaps()[0].GetKind() != c.gap || o.GetGaps()[0].GetCount() != c.count || len(o.GetGaps()) != 1) {
				t.Errorf("gaps %v, want one %v of %d", o.GetGaps(), c.gap, c.count)
			}
			for _, leak := range []string{"Jane", number, "elsewhere", "127.0.0.1"} {
				if strings.Contains(o.String(), leak) {
					t.Errorf("the outcome says %q: %v", leak, o)
				}
			}
			for _, p := range res.GetPatients() {
				if p.GetNhsNumber() != number {
					t.Errorf("somebody else is among the patients: %v", p)
				}
			}
		})
	}
}

func TestDocumentsAreListedWithoutBeingRead(t *testing.T) {
	r, fetched := library(t, []string{reference("d1", "text/xml", "2026", "")}, nil)
	res := ask(t, r, []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS, medications})
	if len(res.GetRecord().GetDocuments()) != 1 || len(fetched()) != 0 {
		t.Errorf("%d documents listed, %v fetched", len(res.GetRecord().GetDocuments()), fetched())
	}
}

func TestListOfDocumentsThatFailsIsAGapOfWhatTheySpeakOf(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	r, err := configured(t, s, client, asIs, reading...)
	if err != nil {
		t.Fatal(err)
	}
	o := ask(t, r, []lhcrv1.Section{allergies}).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(o.GetGaps()) != 1 {
		t.Errorf("outcome %v", o)
	}
}

// A repository of the region's can have an address of its own, which the deployment lists.
func TestDocumentsAtAFurtherAddress(t *testing.T) {
	store, storeClient := newServer(t, nil)
	store.serve = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, letter(number, "", "bees")) }
	s, client := newServer(t, map[string][]string{
		"Patient": held(), "AllergyIntolerance": {bundle(0, "")},
		"DocumentReference": {bundle(1, "", strings.Replace(reference("d1", "text/xml", "2026", ""), "Binary/d1", store.url+"/d1", 1))},
	})
	client.Transport = either{s.url: client.Transport, store.url: storeClient.Transport}
	r, err := configured(t, s, client, func(e *adapters.Environment) {
		e.Settings.Addresses = map[string]string{"repository": store.url}
	}, reading...)
	if err != nil {
		t.Fatal(err)
	}
	if res := ask(t, r, []lhcrv1.Section{allergies}); len(res.GetRecord().GetAllergies()) != 1 {
		t.Errorf("%v", res.GetOutcomes())
	}
}

// either sends a request by the transport of its address.
type either map[string]http.RoundTripper

func (e either) RoundTrip(r *http.Request) (*http.Response, error) {
	return e[r.URL.Scheme+"://"+r.URL.Host].RoundTrip(r)
}

func TestLettersThatNobodyReadAreNotedWhereNothingElseIs(t *testing.T) {
	for name, c := range map[string]struct {
		reference, kept string
		notes           int
	}{
		"PDF":                   {reference("d1", "application/pdf", "2026", ""), "", 1},
		"PDF of no said type":   {reference("d1", "", "2026", ""), "%PDF-1.4", 1},
		"PDF, superseded":       {strings.Replace(reference("d1", "application/pdf", "2026", ""), "current", "superseded", 1), "", 0},
		"a document of entries": {reference("d1", "text/xml", "2026", ""), strings.Split(letter(number, "19500102", "bees"), "<component>")[0] + `<component><structuredBody><component><section><code code="10160-0" codeSystem="2.16.840.1.113883.6.1"/><title>Medicines</title></section></component></structuredBody></component></ClinicalDocument>`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := emptyLibrary(t, []string{c.reference}, map[string]string{"d1": c.kept})
			res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{
				Patient: &lhcrv1.PatientQuery{NhsNumber: number}, Sections: []lhcrv1.Section{allergies},
			})
			if err != nil {
				t.Fatal(err)
			}
			o := res.GetOutcomes()[0]
			if len(o.GetNotes()) != c.notes || len(o.GetWarnings()) != 0 || o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED {
				t.Errorf("outcome %v, want %d notes", o, c.notes)
			}
		})
	}
}
