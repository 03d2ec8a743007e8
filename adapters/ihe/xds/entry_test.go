package xds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
)

const (
	number = "9990001006"
	other  = "9990001847"
	nhs    = "2.16.840.1.113883.2.1.4.1"
)

func slots(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(`<Slot name="` + pairs[i] + `"><ValueList>`)
		for _, v := range strings.Split(pairs[i+1], "\n") {
			b.WriteString("<Value>" + strings.ReplaceAll(v, "&", "&amp;") + "</Value>")
		}
		b.WriteString("</ValueList></Slot>")
	}
	return b.String()
}

func classified(scheme, code, system, name string) string {
	return `<Classification classificationScheme="urn:uuid:` + scheme + `" nodeRepresentation="` + code + `">` + slots("codingScheme", system) +
		`<Name><LocalizedString value="` + name + `"/></Name></Classification>`
}

func identified(scheme, value string) string {
	return `<ExternalIdentifier identificationScheme="urn:uuid:` + scheme + `" value="` + strings.ReplaceAll(value, "&", "&amp;") + `"/>`
}

const (
	patientScheme = "58a6f841-87b3-4a3e-92fd-a8ffeff98427"
	uniqueScheme  = "2e82c1f6-a085-4c72-9da3-8640a32e42ab"
	stable        = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
	onDemand      = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"
)

// entry is an entry of a patient, with what else a case adds to it.
func entry(id, kind, patient, more string) string {
	return `<ExtrinsicObject id="urn:uuid:` + id + `" lid="urn:uuid:` + id + `" objectType="` + kind + `" mimeType="text/xml" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">` +
		more + identified(patientScheme, patient) + identified(uniqueScheme, "2.999.5."+id) + `</ExtrinsicObject>`
}

func found(status, objects, errs string) string {
	return `<q:AdhocQueryResponse xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:` +
		status + `">` + errs + `<RegistryObjectList>` + objects + `</RegistryObjectList></q:AdhocQueryResponse>`
}

func read(t *testing.T, body, asked string) *adapterv1.FetchResponse {
	t.Helper()
	p, err := xds.Payload([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhir.Read(fhir.Input{
		RegionID: "test", NHSNumber: asked, Payloads: []fhir.Payload{p}, Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS},
		Now: time.Now(), Strict: true, IncludeSource: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Response
}

var whole = entry("1", stable, number+"^^^&"+nhs+"&ISO", slots(
	"creationTime", "20251118153000", "serviceStartTime", "202511162115", "serviceStopTime", "20251118", "languageCode", "en-GB",
	"hash", "da39a3ee5e6b4b0d3255bfef95601890afd80708", "size", "1234", "repositoryUniqueId", "2.999.7.2",
	"legalAuthenticator", "G123^Webb^Ann^B^^Dr^^^&2.999.3&ISO", "sourcePatientId", "L1^^^&2.999.9&ISO",
	"sourcePatientInfo", "PID-3|"+number+"^^^&"+nhs+"&ISO\nPID-5|Ashdown^Margaret\nPID-7|19480307",
	"urn:ihe:iti:xds:2013:referenceIdList", "A77^^^&2.999.4&ISO^urn:ihe:iti:xds:2013:accession",
)+`<Name><LocalizedString value="Discharge summary"/></Name><Description><LocalizedString value="General medicine"/></Description><VersionInfo versionName="3"/>`+
	`<Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">`+slots(
	"authorPerson", "555999000071^Threlkeld&Van^Imogen^^^Dr^^^&1.2.826.0.1285.0.2.0.65&ISO",
	"authorInstitution", "Wyre Bay Hospitals NHS Trust^^^^^&2.16.840.1.113883.2.1.3.2.4.19.1&ISO^^^^RZL\nSecond Trust", "authorRole", "Registrar",
)+`</Classification>`+
	classified("41a5887f-8865-4c09-adf7-e362475b143a", "371531000", "2.16.840.1.113883.6.96", "Report")+
	classified("f0306f51-975f-434e-a61c-c59651d33983", "373942005", "2.16.840.1.113883.2.1.3.2.4.15", "Discharge summary")+
	classified("a09d5840-386c-46f2-b5ad-9c3699a4309d", "urn:ihe:pcc:xds-ms:2007", "1.3.6.1.4.1.19376.1.2.3", "XDS-MS")+
	classified("f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "HOSP", "local facilities", "Hospital")+
	classified("cccf5598-8b07-4b77-a05e-ae952c785ead", "394802001", "2.16.840.1.113883.6.96", "General medicine")+
	classified("f4f85eac-e6cb-4883-b524-f2705394840f", "R", "2.16.840.1.113883.5.25", "restricted")+
	classified("2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", "1", "2.999.6", "Admission"))

func TestEntryBecomesADocument(t *testing.T) {
	got := read(t, found("Success", whole, ""), number)
	if len(got.GetRecord().GetDocuments()) != 1 {
		t.Fatalf("%v", got)
	}
	d := got.GetRecord().GetDocuments()[0]
	code := func(system, code, display string) *lhcrv1.Concept {
		return &lhcrv1.Concept{Codings: []*lhcrv1.Coding{{System: system, Code: code, Display: display}}, Display: display}
	}
	const snomed = "http://snomed.info/sct"
	restricted := []*lhcrv1.Coding{{System: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", Code: "R", Display: "restricted"}}
	trust := &lhcrv1.Organisation{OdsCode: "RZL", Name: "Wyre Bay Hospitals NHS Trust"}
	size := uint64(1234)
	created := &lhcrv1.When{Original: "2025-11-18T15:30:00Z", Precision: lhcrv1.DatePrecision_DATE_PRECISION_INSTANT}
	want := &lhcrv1.Document{
		MasterIdentifier: &lhcrv1.Identifier{System: "urn:ietf:rfc:3986", Value: "urn:oid:2.999.5.1"}, EntryId: "urn:uuid:1", RepositoryId: "2.999.7.2",
		Type: code(snomed, "373942005", "Discharge summary"), Classes: []*lhcrv1.Concept{code(snomed, "371531000", "Report")},
		Description: "General medicine", Created: created,
		Setting: code(snomed, "394802001", "General medicine"), Facility: code("local facilities", "HOSP", "Hospital"),
		Events: []*lhcrv1.Concept{code("urn:oid:2.999.6", "1", "Admission")}, Confidentiality: restricted,
		Contents: []*lhcrv1.Attachment{{
			MediaType: "text/xml", Size: &size, Hash: "2jmj7l5rSw0yVb/vlWAYkK/YBwg=", Title: "Discharge summary", Language: "en-GB", Created: created,
			Format: &lhcrv1.Coding{System: "urn:oid:1.3.6.1.4.1.19376.1.2.3", Code: "urn:ihe:pcc:xds-ms:2007", Display: "XDS-MS"},
		}},
		ServicePeriod: &lhcrv1.Period{
			Start: &lhcrv1.When{Original: "2025-11-16T21:15Z", Precision: lhcrv1.DatePrecision_DATE_PRECISION_INSTANT},
			End:   &lhcrv1.When{Original: "2025-11-18", Precision: lhcrv1.DatePrecision_DATE_PRECISION_DAY},
		},
	}
	if d.GetContents()[0].GetContentId() == "" {
		t.Error("its content cannot be fetched")
	}
	if diff := cmp.Diff(want, d, protocmp.Transform(), protocmp.IgnoreFields(&lhcrv1.Document{}, "header"),
		protocmp.IgnoreFields(&lhcrv1.Attachment{}, "content_id")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h := d.GetHeader()
	wantHeader := &lhcrv1.ItemHeader{
		RegionId: "test", Section: lhcrv1.Section_SECTION_DOCUMENTS, SourceType: "DocumentReference", SourceId: "2.999.5.1", SourceVersion: "3",
		Status: "current", SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH, SourceSystem: "urn:oid:2.999.7.2", Security: restricted,
		Identifiers: []*lhcrv1.Identifier{{System: "urn:ietf:rfc:3986", Value: "urn:uuid:1"}},
	}
	if diff := cmp.Diff(wantHeader, h, protocmp.Transform(), protocmp.IgnoreFields(&lhcrv1.ItemHeader{}, "item_id", "participants")); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	who := map[string]*lhcrv1.Actor{}
	for _, p := range h.GetParticipants() {
		who[p.GetActor().GetName()] = p.GetActor()
	}
	author := who["Dr Imogen Threlkeld"]
	if diff := cmp.Diff(trust, author.GetOrganisation(), protocmp.Transform()); diff != "" || author.GetRole().GetText() != "Registrar" ||
		author.GetIdentifiers()[0].GetSystem() != "https://fhir.nhs.uk/Id/sds-user-id" {
		t.Errorf("author %v", author)
	}
	if who["Second Trust"].GetKind() != lhcrv1.ActorKind_ACTOR_KIND_ORGANISATION || who["Dr Ann B Webb"].GetIdentifiers()[0].GetValue() != "G123" {
		t.Errorf("%v", who)
	}
	source := got.GetSources()[0]
	if source.GetMediaType() != xds.MediaType || string(source.GetContent()) != whole {
		t.Errorf("source %s %.60s", source.GetMediaType(), source.GetContent())
	}
}

func TestWhoseDocumentAnEntryIs(t *testing.T) {
	own := number + "^^^&" + nhs + "&ISO"
	for name, c := range map[string]struct {
		patient, more string
		documents     int
		check         lhcrv1.SubjectCheck
	}{
		"the patient's":                 {own, "", 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
		"with blanks in the number":     {"999 000 1006^^^&" + nhs + "&ISO", "", 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
		"another's":                     {other + "^^^&" + nhs + "&ISO", "", 0, 0},
		"another's by its source":       {own, slots("sourcePatientInfo", "PID-3|"+other+"^^^&"+nhs+"&ISO"), 0, 0},
		"another's by its source's id":  {own, slots("sourcePatientId", other+"^^^&"+nhs+"&ISO"), 0, 0},
		"a number that is none":         {own, slots("sourcePatientId", "9990001007^^^&"+nhs+"&ISO"), 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
		"of several ids one another's":  {own, slots("sourcePatientInfo", "PID-3|1^^^&2.9&ISO~"+other+"^^^&"+nhs+"&ISO"), 0, 0},
		"by a local id":                 {"L1^^^&2.999.9&ISO", "", 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"of nobody, filed for somebody": {"", slots("sourcePatientInfo", "PID-3|"+number+"^^^&"+nhs+"&ISO"), 1, lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, found("Success", entry("1", stable, c.patient, c.more), ""), number)
			docs := got.GetRecord().GetDocuments()
			if len(docs) != c.documents {
				t.Fatalf("%d documents, want %d", len(docs), c.documents)
			}
			if len(docs) > 0 && docs[0].GetHeader().GetSubjectCheck() != c.check {
				t.Errorf("%v", docs[0].GetHeader().GetSubjectCheck())
			}
			if gaps := got.GetOutcomes()[0].GetGaps(); c.documents == 0 && (len(gaps) == 0 || gaps[0].GetKind() != lhcrv1.GapKind_GAP_KIND_OTHER_PERSON) {
				t.Errorf("gaps %v", gaps)
			}
		})
	}
}

func TestOddEntries(t *testing.T) {
	own := number + "^^^&" + nhs + "&ISO"
	deprecated := strings.Replace(entry("2", stable, own, ""), "StatusType:Approved", "StatusType:Deprecated", 1)
	made := entry("3", onDemand, own, slots("size", "0", "hash", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "repositoryUniqueId", "1.2"))
	ties := `<Association associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="urn:uuid:1" targetObject="urn:uuid:2"/>` +
		`<Association associationType="urn:ihe:iti:2007:AssociationType:APND" sourceObject="urn:uuid:3" targetObject="urn:uuid:1"/>`
	got := read(t, found("Success", entry("1", stable, own, "")+deprecated+made+ties, ""), number)
	docs := got.GetRecord().GetDocuments()
	if len(docs) != 3 || docs[1].GetHeader().GetStatus() != "superseded" || docs[2].GetContents()[0].Size != nil || docs[2].GetContents()[0].GetHash() != "" {
		t.Fatalf("%v", docs)
	}
	if docs[0].GetContents()[0].GetContentId() != "" || docs[2].GetContents()[0].GetContentId() == "" {
		t.Error("what can be fetched is what has a repository")
	}
	if docs[0].GetRelations()[0].GetType() != "replaces" || docs[2].GetRelations()[0].GetType() != "appends" || len(got.GetLinks()) != 2 {
		t.Errorf("%v %v %v", docs[0].GetRelations(), docs[2].GetRelations(), got.GetLinks())
	}
	unknown := read(t, found("Success", strings.Replace(entry("1", "urn:uuid:something", own, ""), "x", "x", 1), ""), number)
	if g := unknown.GetOutcomes()[0].GetGaps(); len(g) == 0 {
		t.Error("an object that nobody knows leaves no gap")
	}
}

func TestAnswersThatAreNotWhole(t *testing.T) {
	own := number + "^^^&" + nhs + "&ISO"
	errs := func(code, severity string) string {
		return `<rs:RegistryErrorList xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"><rs:RegistryError errorCode="` + code +
			`" codeContext="Margaret Ashdown 9990001006" location="https://x.invalid" severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:` + severity + `"/></rs:RegistryErrorList>`
	}
	for name, c := range map[string]struct {
		body string
		want lhcrv1.OutcomeStatus
		gaps int
	}{
		"whole":              {found("Success", entry("1", stable, own, ""), ""), lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, 0},
		"a warning":          {found("Success", entry("1", stable, own, ""), errs("XDSExtraMetadataNotSaved", "Warning")), lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, 0},
		"partial":            {found("PartialSuccess", entry("1", stable, own, ""), errs("XDSUnavailableCommunity", "Error")), lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, 1},
		"partial, no reason": {found("PartialSuccess", entry("1", stable, own, ""), ""), lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, 1},
		"success and error":  {found("Success", entry("1", stable, own, ""), errs("XDSRegistryError", "Error")), lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, 1},
		"failure":            {found("Failure", "", errs("XDSRegistryBusy", "Error")), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, 1},
		"an unknown code":    {found("Failure", "", errs("Margaret-9990001006", "Error")), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, 1},
		"failure, no reason": {found("Failure", "", ""), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, 1},
		"no status":          {found("", "", ""), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, 1},
		"nobody":             {found("Failure", "", errs("XDSUnknownPatientId", "Error")), lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, 0},
		"ids only":           {found("Success", `<ObjectRef id="urn:uuid:1"/>`, ""), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, 1},
		"nothing":            {found("Success", "", ""), lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED, 0},
	} {
		t.Run(name, func(t *testing.T) {
			res := read(t, c.body, number)
			o := res.GetOutcomes()[0]
			if o.GetStatus() != c.want || len(o.GetGaps()) != c.gaps {
				t.Errorf("%v with %d gaps, want %v with %d", o.GetStatus(), len(o.GetGaps()), c.want, c.gaps)
			}
			if text := o.String(); strings.Contains(text, "Margaret") || strings.Contains(text, "x.invalid") {
				t.Errorf("the registry's words: %s", text)
			}
		})
	}
}

func TestMoments(t *testing.T) {
	for in, want := range map[string]string{
		"2025": "2025", "202511": "2025-11", "20251118": "2025-11-18", "202511181530": "2025-11-18T15:30Z", "20251118153059": "2025-11-18T15:30:59Z",
		"20251118153059.25+0100": "2025-11-18T15:30:59.25+01:00", "2025111815": "2025111815", " 20251118 ": "2025-11-18", "2025-11-18": "2025-11-18", "soon": "soon", "": "",
	} {
		if got := xds.Moment(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	for in, want := range map[string]xds.ID{
		"A1^^^&1.2.3&ISO": {"A1", "1.2.3"}, "A1^^^NS&1.2.3&ISO^MR": {"A1", "1.2.3"}, "A1^^^NS": {"A1", "NS"}, "A1": {Value: "A1"}, "": {},
		`A\T\1^^^&1.2&ISO`: {"A&1", "1.2"}, "999-000-1006^^^&" + nhs + "&ISO": {number, nhs}, "A1^^^&urn:oid:1.2&ISO": {"A1", "1.2"},
	} {
		if got := xds.ParseID(in); got != want {
			t.Errorf("%q is %+v, want %+v", in, got, want)
		}
	}
}
