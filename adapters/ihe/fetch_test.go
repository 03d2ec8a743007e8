package ihe_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestWhatComesOfARegistrysAnswer(t *testing.T) {
	one, two := cda("11", number, "Penicillin: rash"), cda("12", number, "Latex: wheals")
	stranger := listed{id: "31", patient: other + "^^^&amp;" + nhs + "&amp;ISO", media: "text/xml", content: "x", created: "2025"}
	born := listed{id: "32", patient: own, media: "text/xml", content: "x", created: "2025",
		more: `<Slot name="sourcePatientInfo"><ValueList><Value>PID-7|19480308</Value></ValueList></Slot>`}
	filed := listed{id: "35", patient: own, media: "text/xml", content: "x", created: "2025",
		more: `<Slot name="sourcePatientInfo"><ValueList><Value>PID-3|` + other + `^^^&amp;` + nhs + `&amp;ISO</Value></ValueList></Slot>`}
	foreign, unknown := one, one
	foreign.patient, unknown.patient = "L1^^^&amp;2.999.1&amp;ISO", "L1^^^&amp;2.999.1&amp;ISO"
	foreign.more = strings.Replace(filed.more, other, number, 1)
	unsized := cda("36", number, strings.Repeat("Nuts ", 20_000))
	strange := cda("13", other, "Nuts: anaphylaxis")
	large := listed{id: "33", patient: own, media: "text/xml", content: strings.Repeat("x", 70_000), created: "20260101"}
	broken := listed{id: "34", patient: own, media: "text/xml", content: "<ClinicalDocument xmlns='urn:hl7-org:v3'><id", created: "20260101"}
	nothing := regexp.MustCompile(`[0-9a-f]{40}`).ReplaceAllString(one.entry(), "da39a3ee5e6b4b0d3255bfef95601890afd80709")
	framed, numbers := unstructured("23"), cda("24", number, "Nuts: anaphylaxis")
	numbers.content = strings.Replace(numbers.content, `<patient><birth`, `<id root="`+nhs+`" extension="`+other+`"/><patient><birth`, 1)
	damaged := one
	damaged.content = strings.Replace(one.content, "rash", "hash", 1)
	for name, c := range map[string]struct {
		list, documents string // what the registry lists and the repository sends
		wantDocuments   string
		wantAllergies   string
	}{
		"two documents":                 {found("Success", one.entry()+two.entry()), came("Success", one.retrieved()+two.retrieved()), "RETURNED", "RETURNED_AS_TEXT"},
		"a letter only":                 {found("Success", letter.entry()), "", "RETURNED", "NOTHING_RECORDED"},
		"nothing":                       {found("Success", ""), "", "NOT_HELD", "NOT_HELD"},
		"nobody":                        {found("Failure", "", "XDSUnknownPatientId"), "", "NOT_HELD", "NOT_HELD"},
		"a failure":                     {found("Failure", "", "XDSRegistryError"), "", "UNAVAILABLE PROVIDER_FAILED:0", "UNAVAILABLE PROVIDER_FAILED:0"},
		"a failure of no reason":        {found("Failure", ""), "", "UNAVAILABLE PROVIDER_FAILED:0", "UNAVAILABLE PROVIDER_FAILED:0"},
		"an unknown code":               {found("Failure", "", "Margaret"), "", "UNAVAILABLE PROVIDER_FAILED:0", "UNAVAILABLE PROVIDER_FAILED:0"},
		"hash of nothing":               {found("Success", nothing), came("Success", one.retrieved()), "RETURNED", "INVALID MALFORMED:1"},
		"no status":                     {found("", ""), "", "INVALID MALFORMED:0", "INVALID MALFORMED:0"},
		"a part":                        {found("PartialSuccess", one.entry(), "XDSUnavailableCommunity"), came("Success", one.retrieved()), "RETURNED PROVIDER_FAILED:0", "INVALID PROVIDER_FAILED:0"},
		"somebody else's too":           {found("Success", one.entry()+stranger.entry()), came("Success", one.retrieved()), "RETURNED OTHER_PERSON:1", "INVALID OTHER_PERSON:1"},
		"somebody else's only":          {found("Success", stranger.entry()), "", "IDENTITY_MISMATCH", "IDENTITY_MISMATCH"},
		"filed for another":             {found("Success", filed.entry()), "", "IDENTITY_MISMATCH", "IDENTITY_MISMATCH"},
		"by an id of its own":           {found("Success", foreign.entry()), came("Success", foreign.retrieved()), "RETURNED", "RETURNED_AS_TEXT"},
		"by an id of nobody":            {found("Success", unknown.entry()), "", "IDENTITY_MISMATCH", "IDENTITY_MISMATCH"},
		"larger than listed":            {found("Success", strings.Replace(unsized.entry(), `name="size"`, `name="y"`, 1)), came("Success", unsized.retrieved()), "RETURNED", "INVALID TOO_LARGE:1"},
		"of another birth date":         {found("Success", born.entry()), "", "IDENTITY_MISMATCH", "IDENTITY_MISMATCH"},
		"content of another":            {found("Success", one.entry()+strange.entry()), came("Success", one.retrieved()+strange.retrieved()), "RETURNED", "INVALID OTHER_PERSON:1"},
		"one did not come":              {found("Success", one.entry()+two.entry()), came("PartialSuccess", one.retrieved(), "XDSDocumentUniqueIdError"), "RETURNED", "INVALID ITEM_MISSING:1"},
		"one did not, silently":         {found("Success", one.entry()+two.entry()), came("Success", one.retrieved()), "RETURNED", "INVALID ITEM_MISSING:1"},
		"all came, and an error":        {found("Success", one.entry()), came("PartialSuccess", one.retrieved(), "XDSRepositoryError"), "RETURNED", "INVALID PROVIDER_FAILED:1"},
		"none came":                     {found("Success", one.entry()), came("Failure", "", "XDSRepositoryBusy"), "RETURNED", "UNAVAILABLE PROVIDER_FAILED:1"},
		"other bytes came":              {found("Success", one.entry()), came("Success", damaged.retrieved()), "RETURNED", "INVALID MALFORMED:1"},
		"too large a one":               {found("Success", one.entry()+large.entry()), came("Success", one.retrieved()), "RETURNED", "INVALID TOO_LARGE:1"},
		"one breaks off":                {found("Success", one.entry()+broken.entry()), came("Success", one.retrieved()+broken.retrieved()), "RETURNED", "INVALID ITEM_UNREADABLE:1"},
		"more than are read":            {found("Success", one.entry()+two.entry()+cda("14", number, "").entry()+cda("15", number, "").entry()), came("Success", one.retrieved()+two.retrieved()+cda("14", number, "").retrieved()+cda("15", number, "").retrieved()), "RETURNED", "INVALID PAGE_MISSING:1 truncated"},
		"no registry":                   {soap("<Hello/>"), "", "INVALID MALFORMED:0", "INVALID MALFORMED:0"},
		"no repository":                 {found("Success", one.entry()), soap("<Hello/>"), "RETURNED", "INVALID MALFORMED:1"},
		"a fault in success":            {soap(`<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault>`), "", "UNAVAILABLE PROVIDER_FAILED:0", "UNAVAILABLE PROVIDER_FAILED:0"},
		"nothing but a page":            {"<html><body>Sorry</body></html>", "", "INVALID MALFORMED:0", "INVALID MALFORMED:0"},
		"somebody else's answer":        {strings.Replace(found("Success", ""), "<s:Body>", `<s:Header><a:RelatesTo xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:1</a:RelatesTo></s:Header><s:Body>`, 1), "", "INVALID MALFORMED:0", "INVALID MALFORMED:0"},
		"an object nobody knows":        {found("Success", one.entry()+"<Thing/>"), came("Success", one.retrieved()), "RETURNED ITEM_UNREADABLE:1", "INVALID ITEM_UNREADABLE:1"},
		"nothing but such":              {found("Success", "<Thing/>"), "", "INVALID ITEM_UNREADABLE:0", "INVALID ITEM_UNREADABLE:0"},
		"such, and nobody":              {found("Failure", "<Thing/>", "XDSUnknownPatientId"), "", "UNAVAILABLE PROVIDER_FAILED:0 ITEM_UNREADABLE:0", "UNAVAILABLE PROVIDER_FAILED:0 ITEM_UNREADABLE:0"},
		"one within a folder":           {found("Success", "<RegistryPackage>"+one.entry()+"</RegistryPackage>"), "", "INVALID ITEM_UNREADABLE:0", "INVALID ITEM_UNREADABLE:0"},
		"nobody, in a part":             {found("PartialSuccess", "", "XDSUnknownPatientId"), "", "UNAVAILABLE PROVIDER_FAILED:0", "UNAVAILABLE PROVIDER_FAILED:0"},
		"nobody's documents":            {found("Success", one.entry(), "XDSUnknownPatientId"), came("Success", one.retrieved()), "RETURNED PROVIDER_FAILED:0", "INVALID PROVIDER_FAILED:0"},
		"a part and nobody":             {found("PartialSuccess", one.entry(), "XDSUnknownPatientId"), came("Success", one.retrieved()), "RETURNED PROVIDER_FAILED:0", "INVALID PROVIDER_FAILED:0"},
		"errors in a second list":       {strings.Replace(found("Success", one.entry()), "</RegistryErrorList>", `</RegistryErrorList><RegistryErrorList><RegistryError errorCode="XDSRegistryError" severity="urn:x:Error"/></RegistryErrorList>`, 1), came("Success", one.retrieved()), "RETURNED PROVIDER_FAILED:0", "INVALID PROVIDER_FAILED:0"},
		"replaced by a letter":          {found("Success", one.entry()+letter.entry()+replacing("91", "11")), "", "RETURNED", "INVALID ITEM_UNREADABLE:1"},
		"replaced by a text in a frame": {found("Success", one.entry()+framed.entry()+replacing("23", "11")), came("Success", framed.retrieved()), "RETURNED", "INVALID ITEM_UNREADABLE:1"},
		"of two numbers":                {found("Success", numbers.entry()), came("Success", numbers.retrieved()), "RETURNED", "INVALID OTHER_PERSON:1"},
		"an entry of no document":       {found("Success", strings.Replace(one.entry(), "repositoryUniqueId", "x", 1)), "", "RETURNED", "INVALID ITEM_UNREADABLE:1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := (&service{t: t}).on(find, c.list)
			if c.documents != "" {
				s.on(retrieve, c.documents)
			}
			res := fetch(t, region(t, byNumber, s), request(documents, allergies))
			if got := outcome(t, res, documents); got != c.wantDocuments {
				t.Errorf("documents: %s, want %s", got, c.wantDocuments)
			}
			if got := outcome(t, res, allergies); got != c.wantAllergies {
				t.Errorf("allergies: %s, want %s", got, c.wantAllergies)
			}
			if text := res.String(); strings.Contains(text, "Margaret") || strings.Contains(text, "anaphylaxis") || strings.Contains(text, "127.0.0.1") {
				t.Error("it holds what may not be passed on")
			}
			for _, p := range res.GetPatients() {
				if p.GetNhsNumber() == "" && c.wantDocuments != "IDENTITY_MISMATCH" {
					t.Errorf("a patient without a number: %v", p)
				}
			}
		})
	}
}

func TestServicesThatFail(t *testing.T) {
	fault := func(code, sub string) string {
		return soap(`<s:Fault><s:Code><s:Value>s:` + code + `</s:Value><s:Subcode><s:Value>` + sub + `</s:Value></s:Subcode></s:Code><s:Reason><s:Text>Margaret</s:Text></s:Reason></s:Fault>`)
	}
	for name, c := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"a fault":            {500, fault("Receiver", ""), "UNAVAILABLE PROVIDER_FAILED:0"},
		"a fault of ours":    {400, fault("Sender", ""), "UNAVAILABLE PROVIDER_FAILED:0"},
		"a refusal":          {500, fault("Sender", "wsse:FailedAuthentication"), "REFUSED REFUSED:0"},
		"a page":             {500, "<html>Margaret</html>", "UNAVAILABLE PROVIDER_FAILED:0"},
		"an answer with 500": {500, found("Success", ""), "UNAVAILABLE PROVIDER_FAILED:0"},
		"401":                {401, "", "REFUSED REFUSED:0"},
		"403":                {403, fault("Receiver", ""), "REFUSED REFUSED:0"},
		"429":                {429, "", "REFUSED REFUSED:0"},
		"503":                {503, "", "UNAVAILABLE PROVIDER_FAILED:0"},
		"202":                {202, "", "UNAVAILABLE PROVIDER_FAILED:0"},
		"404":                {404, "", "UNAVAILABLE PROVIDER_FAILED:0"},
		"too much":           {200, found("Success", "<!--"+strings.Repeat("x", 300_000)+"-->"), "INVALID TOO_LARGE:0"},
	} {
		t.Run(name, func(t *testing.T) {
			a := region(t, byNumber, (&service{t: t}).onStatus(find, c.status, c.body))
			res := fetch(t, a, request(documents))
			if got := outcome(t, res, documents); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if strings.Contains(res.String(), "Margaret") {
				t.Error("the service's words are passed on")
			}
			if _, err := a.(adapters.Locator).Locate(t.Context(), &adapterv1.LocateRequest{Patient: request().GetPatient()}); err == nil {
				t.Error("a region that failed is no answer to where a patient is held")
			}
		})
	}
}

func TestARegistryThatHasMoreThanItListsIsAskedForIDs(t *testing.T) {
	one, two := cda("11", number, "Penicillin: rash"), cda("12", number, "Latex: wheals")
	const ref = `<ObjectRef id="urn:uuid:11"/><ObjectRef id="urn:uuid:12"/>`
	for name, c := range map[string]struct {
		got, want string
	}{
		"all come":     {found("Success", one.entry()+two.entry()), "RETURNED"},
		"one does not": {found("Success", one.entry()), "RETURNED ITEM_MISSING:0"},
		"none comes":   {found("Failure", "", "XDSRegistryBusy"), "UNAVAILABLE PROVIDER_FAILED:0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := (&service{t: t}).on(find, found("Failure", "", "XDSTooManyResults")).on("ObjectRef", found("Success", ref)).on(get, c.got)
			if got := outcome(t, fetch(t, region(t, byNumber, s), request(documents)), documents); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if n := len(s.asked); n != 3 {
				t.Errorf("%d questions", n)
			}
		})
	}
	many := ""
	for i := range 120 {
		many += `<ObjectRef id="urn:uuid:` + strings.Repeat("a", i+1) + `"/>`
	}
	s := (&service{t: t}).on(find, found("Success", many)).on(get, found("Success", one.entry()))
	res := fetch(t, region(t, byNumber, s), request(documents))
	if got := outcome(t, res, documents); !strings.Contains(got, "PAGE_MISSING") || !strings.HasSuffix(got, "truncated") || s.count(get) != 2 {
		t.Errorf("%s after %d questions", got, s.count(get))
	}
}

func TestOnlyWhatIsNeededIsAsked(t *testing.T) {
	one := cda("11", number, "Penicillin: rash")
	s := (&service{t: t}).on(find, found("Success", one.entry())).on(retrieve, came("Success", one.retrieved()))
	a := region(t, byNumber, s)
	fetch(t, a, request(lhcrv1.Section_SECTION_GOALS))
	if len(s.asked) != 0 {
		t.Error("a section that is never given is asked for")
	}
	fetch(t, a, request(documents))
	if s.count(retrieve) != 0 {
		t.Error("documents are retrieved for a list of them")
	}
	fetch(t, a, request(allergies, medications, documents))
	if s.count(retrieve) != 1 || s.count(find) != 2 {
		t.Errorf("asked %d times for documents", s.count(retrieve))
	}
}

// An answer of several documents that is too large is asked for in halves, so that one document
// does not hide the others.
func TestLargeAnswerIsAskedForInParts(t *testing.T) {
	one, two := cda("11", number, "Penicillin: rash"), cda("12", number, "Latex: wheals")
	huge := came("Success", "<!--"+strings.Repeat("x", 300_000)+"-->")
	s := (&service{t: t}).on(find, found("Success", one.entry()+two.entry())).
		on("1.2.11", came("Success", one.retrieved())).on("1.2.12", huge)
	if got := outcome(t, fetch(t, region(t, byNumber, s), request(allergies)), allergies); got != "INVALID TOO_LARGE:1" {
		t.Error(got)
	}
	if s.count(retrieve) != 3 {
		t.Errorf("%d questions", s.count(retrieve))
	}
}

// It is no warning: the answer is as whole as any answer of this region.
func TestLettersThatNobodyReadAreNotedWhereNothingElseIs(t *testing.T) {
	one := cda("11", number, "Penicillin: rash")
	noted := func(list, docs string) int {
		s := (&service{t: t}).on(find, found("Success", list)).on(retrieve, came("Success", docs))
		o := fetch(t, region(t, byNumber, s), request(medications)).GetOutcomes()[0]
		if len(o.GetWarnings()) != 0 {
			t.Errorf("warnings %v", o.GetWarnings())
		}
		return len(o.GetNotes())
	}
	if noted(letter.entry(), "") != 1 {
		t.Error("a letter that nobody read is passed over")
	}
	for _, l := range []listed{unstructured("23"), bodyless("24")} {
		if noted(l.entry(), l.retrieved()) != 1 {
			t.Errorf("%s: a letter in the frame of a document is passed over", l.id)
		}
	}
	if noted(one.entry(), one.retrieved()) != 0 {
		t.Error("there is no letter")
	}
}

// Who the patient is, the index or the entries say: no record of the person came that could
// be shown, yet the items are found to be about the person.
func TestThePatientOfTheIndexIsNoItem(t *testing.T) {
	s := (&service{t: t}).on(find, found("Success", letter.entry()))
	res := fetch(t, region(t, byNumber, s), request(documents, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS))
	if n := len(res.GetRecord().GetPersonDemographics()); n != 0 {
		t.Errorf("%d persons are shown", n)
	}
	if d := res.GetRecord().GetDocuments(); len(d) != 1 || d[0].GetHeader().GetSubjectCheck() != lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH || res.GetPatients()[0].GetNhsNumber() != number {
		t.Errorf("documents %v of %v", d, res.GetPatients())
	}
}
