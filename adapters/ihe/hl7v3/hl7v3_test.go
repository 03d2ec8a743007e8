package hl7v3_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/ihe/hl7v3"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

const nhs = "2.16.840.1.113883.2.1.4.1"

func parse(t *testing.T, body []byte) *xmltree.Element {
	t.Helper()
	root, err := xmltree.Parse(body, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func answer(ack, details, act string) string {
	return `<PRPA_IN201310UV02 xmlns="urn:hl7-org:v3"><acknowledgement><typeCode code="` + ack + `"/>` + details + `</acknowledgement><controlActProcess>` + act + `</controlActProcess></PRPA_IN201310UV02>`
}

const (
	subject = `<subject><registrationEvent><subject1><patient><id root="2.999.7.1" extension="L^1"/><id root="2.999.7.1" extension="L^1"/><id nullFlavor="NI"/>` +
		`<patientPerson><name nullFlavor="NA"/><birthTime value="19480307"/><asOtherIDs><id root="` + nhs + `" extension="999 000 1006"/></asOtherIDs></patientPerson></patient></subject1>` +
		`<custodian><assignedEntity><id root="2.999.8"/></assignedEntity></custodian>` +
		`<replacementOf><priorRegistration><subject1><priorRegisteredRole><id root="` + nhs + `" extension="9990001847"/></priorRegisteredRole></subject1></priorRegistration></replacementOf></registrationEvent></subject>`
	ok    = `<queryAck><queryResponseCode code="OK"/></queryAck>`
	query = `<queryByParameter><parameterList><patientIdentifier><value root="` + nhs + `" extension="9990001006"/></patientIdentifier></parameterList></queryByParameter>`
)

func detail(place string) string {
	return `<acknowledgementDetail typeCode="E"><code code="204"/><text>Unknown key identifier</text><location>` + place + `</location></acknowledgementDetail>`
}

func issue(inner string) string {
	return `<reasonOf><detectedIssueEvent><code code="ActAdministrativeDetectedIssueCode"/>` + inner + `</detectedIssueEvent></reasonOf>`
}

func TestWhatAnIndexAnswers(t *testing.T) {
	mitigated := func(code string) string {
		return issue(`<mitigatedBy><detectedIssueManagement><code code="` + code + `"/></detectedIssueManagement></mitigatedBy>`)
	}
	for name, c := range map[string]struct {
		body string
		want hl7v3.Outcome
	}{
		"a person":              {answer("AA", "", subject+ok+query), hl7v3.Found},
		"nobody":                {answer("AA", "", `<queryAck><queryResponseCode code="NF"/></queryAck>`), hl7v3.NotFound},
		"no match":              {answer("AA", "", ok), hl7v3.NotFound},
		"nobody, and a person":  {answer("AA", "", subject+`<queryAck><queryResponseCode code="NF"/></queryAck>`), hl7v3.Unusable},
		"unknown, and a person": {answer("AE", detail("/patientIdentifier/value"), subject+ok), hl7v3.Unusable},
		"a match of no shape":   {answer("AA", "", `<subject><registrationEvent><patient/></registrationEvent></subject>`+ok), hl7v3.Unusable},
		"a match not sent":      {answer("AA", "", `<queryAck><queryResponseCode code="OK"/><resultTotalQuantity value="1"/></queryAck>`), hl7v3.Unusable},
		"a void match":          {answer("AA", "", strings.Replace(subject, "<patient>", `<patient><statusCode code="Nullified"/>`, 1)+ok), hl7v3.Unusable},
		"an unknown person":     {answer("AE", detail("/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/patientIdentifier/value"), `<queryAck><queryResponseCode code="AE"/></queryAck>`), hl7v3.NotFound},
		"an unknown domain":     {answer("AE", detail("/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/dataSource/value"), `<queryAck><queryResponseCode code="AE"/></queryAck>`), hl7v3.Failed},
		"an error":              {answer("AE", "", `<queryAck><queryResponseCode code="AE"/></queryAck>`), hl7v3.Failed},
		"an error and persons":  {answer("AE", "", subject+ok), hl7v3.Failed},
		"a rejection":           {answer("AR", "", ""), hl7v3.Failed},
		"a query error":         {answer("AA", "", `<queryAck><queryResponseCode code="QE"/></queryAck>`), hl7v3.Ambiguous},
		"wants to know more":    {answer("AA", "", issue(`<triggerFor><actOrderRequired><code code="LivingSubjectBirthPlaceAddressRequested"/></actOrderRequired></triggerFor>`)+ok), hl7v3.Ambiguous},
		"busy":                  {answer("AA", "", mitigated("ResponderBusy")+ok), hl7v3.Busy},
		"no answer available":   {answer("AE", "", mitigated("AnswerNotAvailable")+`<queryAck><queryResponseCode code="AE"/></queryAck>`), hl7v3.Failed},
		"nothing":               {answer("AA", "", ""), hl7v3.Unusable},
		"an acknowledgement":    {`<MCCI_IN000002UV01 xmlns="urn:hl7-org:v3"/>`, hl7v3.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := hl7v3.Read(parse(t, []byte(c.body)))
			if err != nil || a.Outcome != c.want {
				t.Errorf("%+v, %v; want %d", a, err, c.want)
			}
		})
	}
	if _, err := hl7v3.Read(parse(t, []byte("<html/>"))); !errors.Is(err, hl7v3.ErrNotAnswer) {
		t.Errorf("%v", err)
	}
}

func TestPersonsOfAnAnswer(t *testing.T) {
	a, err := hl7v3.Read(parse(t, []byte(answer("AA", "", subject+ok+query))))
	if err != nil {
		t.Fatal(err)
	}
	local := xds.ID{Value: "L^1", Authority: "2.999.7.1"}
	want := []hl7v3.Person{{
		IDs: []xds.ID{local, local, {Value: "9990001006", Authority: nhs}}, Born: "19480307", Home: "2.999.8",
		Replaced: []xds.ID{{Value: "9990001847", Authority: nhs}},
	}}
	if diff := cmp.Diff(want, a.Persons); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]xds.ID{{Value: "9990001006", Authority: nhs}}, a.Asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if got := a.Persons[0].Under("2.999.7.1"); len(got) != 1 || got[0] != local {
		t.Errorf("%v", got)
	}
}

func TestPublishedAnswerHasTwoPersons(t *testing.T) {
	dir := os.Getenv("LHCR_TESTDATA")
	if dir == "" {
		t.Skip("LHCR_TESTDATA names no folder of published records")
	}
	body, err := os.ReadFile(filepath.Join(dir, "ihe-xds-xca", "ipf", "iti55-sample-response.xml"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := hl7v3.Read(parse(t, body))
	if err != nil || a.Outcome != hl7v3.Found || len(a.Persons) != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	if p := a.Persons[1]; p.Born != "19630713" || p.Home != "1.2.840.114350.1.13.99998.8734" || len(p.Under("2.16.840.1.113883.4.1")) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestQuestionsSayWhatIsAsked(t *testing.T) {
	q := hl7v3.Question{
		MessageID: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d", Person: xds.ID{Value: "9990001006", Authority: nhs}, Authority: "2.999.7.1",
		BirthDate: "1948-03-07", Sender: `us<&">`, Receiver: "them", Home: "2.999.8", At: time.Date(2026, 3, 7, 10, 15, 30, 0, time.UTC),
	}
	pix := parse(t, q.PIX())
	parameters := pix.At("controlActProcess", "queryByParameter", "parameterList")
	for what, got := range map[string]string{
		"PRPA_IN201309UV02": pix.Local, "20260307101530+0000": pix.Child("creationTime").Attr("value"),
		"9990001006": parameters.At("patientIdentifier", "value").Attr("extension"), nhs: parameters.At("patientIdentifier", "value").Attr("root"),
		"2.999.7.1": parameters.At("dataSource", "value").Attr("root"), `us<&">`: pix.At("sender", "device", "id").Attr("extension"),
	} {
		if got != what {
			t.Errorf("%q, want %q", got, what)
		}
	}
	xcpd := parse(t, q.XCPD())
	parameters = xcpd.At("controlActProcess", "queryByParameter", "parameterList")
	for what, got := range map[string]string{
		"PRPA_IN201305UV02": xcpd.Local, "9990001006": parameters.At("livingSubjectId", "value").Attr("extension"),
		"19480307": parameters.At("livingSubjectBirthTime", "value").Attr("value"), "R": xcpd.At("controlActProcess", "queryByParameter", "responseModalityCode").Attr("code"),
		"2.999.8": xcpd.At("sender", "device", "asAgent", "representedOrganization", "id").Attr("root"),
	} {
		if got != what {
			t.Errorf("%q, want %q", got, what)
		}
	}
	q.BirthDate = ""
	if strings.Contains(string(q.XCPD()), "livingSubjectBirthTime") {
		t.Error("a birth time that nobody knows is asked for")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(answer("AA", "", subject+ok+query)))
	f.Add([]byte(answer("AE", detail("patientIdentifier"), issue(""))))
	f.Fuzz(func(t *testing.T, body []byte) {
		root, err := xmltree.Parse(body, xmltree.Limits{})
		if err != nil {
			return
		}
		if a, err := hl7v3.Read(root); err == nil && a.Outcome == hl7v3.Found && len(a.Persons) == 0 {
			t.Fatal("found nobody")
		}
	})
}
