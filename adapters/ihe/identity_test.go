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

// indexed is the definition of a region with a patient index.
func indexed(by string) string {
	return strings.NewReplacer("patient: number", "patient: "+by, nhs, "2.999.8.1", "profile: xds", "profile: xca\n  home_community: 2.999.8",
		"{purpose: repository, network: HSCN}", "{purpose: repository, network: HSCN}\n  - {purpose: "+by+", network: HSCN}").Replace(byNumber)
}

func id(root, extension string) string {
	return `<id root="` + root + `" extension="` + extension + `"/>`
}

func match(born string, ids ...string) string {
	return `<subject><registrationEvent><subject1><patient>` + strings.Join(ids, "") + `<patientPerson><birthTime value="` + born +
		`"/></patientPerson></patient></subject1></registrationEvent></subject>`
}

func matches(persons, code, echoed string) string {
	return soap(`<PRPA_IN201310UV02><acknowledgement><typeCode code="AA"/></acknowledgement><controlActProcess>` + persons +
		`<queryAck><queryResponseCode code="` + code + `"/></queryAck><queryByParameter><parameterList><patientIdentifier><value root="` + nhs +
		`" extension="` + echoed + `"/></patientIdentifier></parameterList></queryByParameter></controlActProcess></PRPA_IN201310UV02>`)
}

func TestWhoThePatientIs(t *testing.T) {
	const local = "2.999.8.1"
	born := "19480307"
	replaced := strings.Replace(match(born, id(local, "L1"), id(nhs, other)), "</registrationEvent>", `<replacementOf><priorRegistration><subject1><priorRegisteredRole>`+
		id(nhs, number)+`</priorRegisteredRole></subject1></priorRegistration></replacementOf></registrationEvent>`, 1)
	me := match(born, id(local, "L1"), id(nhs, number))
	var nine []string
	for _, x := range strings.Split("ABCDEFGHI", "") {
		nine = append(nine, id(local, x))
	}
	for name, c := range map[string]struct {
		by, answer string
		want       string
		queries    int
		reason     lhcrv1.IdentityMismatchReason
	}{
		"the person":             {"xcpd", matches(match(born, id(local, "L1"), id(nhs, number)), "OK", number), "NOTHING_RECORDED", 1, 0},
		"two records":            {"xcpd", matches(match(born, id(local, "L1"), id(nhs, number))+match("1948", id(local, "L2"), id(nhs, number)), "OK", number), "NOTHING_RECORDED", 2, 0},
		"ids only, echoed":       {"pix", matches(match("", id(local, "L1")), "OK", number), "NOTHING_RECORDED", 1, 0},
		"ids only, other echo":   {"pix", matches(match("", id(local, "L1")), "OK", other), "IDENTITY_MISMATCH", 0, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER},
		"ids only of XCPD":       {"xcpd", matches(match(born, id(local, "L1")), "OK", number), "IDENTITY_MISMATCH", 0, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER},
		"another person":         {"xcpd", matches(match(born, id(local, "L1"), id(nhs, other)), "OK", number), "IDENTITY_MISMATCH", 0, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER},
		"another birth date":     {"xcpd", matches(match("19480308", id(local, "L1"), id(nhs, number)), "OK", number), "IDENTITY_MISMATCH", 0, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH},
		"a superseded number":    {"xcpd", matches(replaced, "OK", number), "IDENTITY_MISMATCH", 0, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED},
		"somebody else too":      {"xcpd", matches(match(born, id(local, "L1"), id(nhs, number))+match(born, id(local, "L2"), id(nhs, other)), "OK", number), "INVALID LINKED_RECORD:1", 1, 0},
		"more records than that": {"pix", matches(match("", nine...), "OK", number), "INVALID LINKED_RECORD:1", 8, 0},
		"of another domain":      {"pix", matches(match("", id("2.999.9", "L1")), "OK", number), "INVALID LINKED_RECORD:0", 0, 0},
		"nobody":                 {"pix", matches("", "NF", number), "NOT_HELD", 0, 0},
		"a failure":              {"pix", matches("", "AE", number), "UNAVAILABLE PROVIDER_FAILED:0", 0, 0},
		"wants to know more":     {"xcpd", matches("", "QE", number), "INVALID PROVIDER_FAILED:0", 0, 0},
		"says nothing":           {"pix", matches("", "", number), "INVALID MALFORMED:0", 0, 0},
		"NF beside a match":      {"xcpd", matches(me, "NF", number), "INVALID MALFORMED:0", 0, 0},
		"a match of no shape":    {"pix", matches(strings.ReplaceAll(me, "subject1", "subject9"), "OK", number), "INVALID MALFORMED:0", 0, 0},
		"a match not sent":       {"pix", strings.Replace(matches("", "OK", number), "</queryAck>", `<resultTotalQuantity value="1"/></queryAck>`, 1), "INVALID MALFORMED:0", 0, 0},
		"matches remain":         {"pix", strings.Replace(matches(me, "OK", number), "</queryAck>", `<resultRemainingQuantity value="2"/></queryAck>`, 1), "INVALID LINKED_RECORD:2", 1, 0},
		"two in one subject":     {"xcpd", matches(strings.Replace(me, "</registrationEvent>", `<subject1><patient>`+id(local, "L2")+id(nhs, number)+`</patient></subject1></registrationEvent>`, 1), "OK", number), "NOTHING_RECORDED", 2, 0},
		"a void record":          {"xcpd", matches(strings.Replace(me, "<patient>", `<patient><statusCode code="nullified"/>`, 1), "OK", number), "INVALID MALFORMED:0", 0, 0},
		"a void record too":      {"xcpd", matches(me+strings.Replace(me, "<registrationEvent>", `<registrationEvent><statusCode code="obsolete"/>`, 1), "OK", number), "INVALID LINKED_RECORD:1", 1, 0},
		"no index":               {"pix", soap("<Hello/>"), "INVALID MALFORMED:0", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := (&service{t: t}).on("PRPA_IN20130", c.answer).on(find, found("Success", ""))
			a := region(t, indexed(c.by), s)
			res := fetch(t, a, request(documents))
			if got := outcome(t, res, documents); got != c.want || s.count(find) != c.queries {
				t.Errorf("%s after %d queries, want %s after %d", got, s.count(find), c.want, c.queries)
			}
			if got := res.GetOutcomes()[0].GetIdentityMismatchReason(); got != c.reason {
				t.Errorf("%v, want %v", got, c.reason)
			}
			if s.count(`home="urn:oid:2.999.8"`) != c.queries {
				t.Error("the community is not named")
			}
			if c.reason == lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED && res.GetOutcomes()[0].GetSupersededBy() != other {
				t.Error("it does not say by which number")
			}
		})
	}
}

func TestHandleSparesTheIndex(t *testing.T) {
	l := listed{id: "11", patient: "L1^^^&amp;2.999.8.1&amp;ISO", media: "text/plain", content: "x", created: "2025"}
	s := (&service{t: t}).on("PRPA_IN20130", matches(match("19480307", id("2.999.8.1", "L1"), id(nhs, number)), "OK", number)).on(find, found("Success", l.entry()))
	a := region(t, indexed("xcpd"), s)
	located, err := a.(adapters.Locator).Locate(t.Context(), &adapterv1.LocateRequest{Patient: request().GetPatient()})
	if err != nil || located.GetHolding() != adapterv1.Holding_HOLDING_HELD || located.GetPatients()[0].GetBirthDate().GetOriginal() != "1948-03-07" {
		t.Fatalf("%v, %v", located, err)
	}
	req := request(documents)
	req.Handle = located.GetHandle()
	res := fetch(t, a, req)
	if outcome(t, res, documents) != "RETURNED" || s.count("PRPA_IN20130") != 1 || res.GetPatients()[0].GetBirthDate().GetOriginal() != "1948-03-07" {
		t.Errorf("%s after %d questions to the index: %v", outcome(t, res, documents), s.count("PRPA_IN20130"), res.GetPatients())
	}
	req.Patient.NhsNumber = other
	if _, err := a.Fetch(t.Context(), req); status.Code(err) != codes.InvalidArgument {
		t.Errorf("another patient's handle: %v", err)
	}
}

func TestWhereAPatientIsHeldByNumber(t *testing.T) {
	strange := letter
	strange.patient = other + "^^^&amp;" + nhs + "&amp;ISO"
	for name, c := range map[string]struct {
		answer string
		want   adapterv1.Holding
		handle bool
	}{
		"listed":        {found("Success", letter.entry()), adapterv1.Holding_HOLDING_HELD, true},
		"listed partly": {found("PartialSuccess", letter.entry()), adapterv1.Holding_HOLDING_HELD, false},
		"nothing":       {found("Success", ""), adapterv1.Holding_HOLDING_NOT_HELD, false},
		"unknown":       {found("Failure", "", "XDSUnknownPatientId"), adapterv1.Holding_HOLDING_NOT_HELD, false},
		"somebody else": {found("Success", strange.entry()), adapterv1.Holding_HOLDING_HELD, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := region(t, byNumber, (&service{t: t}).on(find, c.answer))
			res, err := a.(adapters.Locator).Locate(t.Context(), &adapterv1.LocateRequest{Patient: request().GetPatient()})
			if err != nil || res.GetHolding() != c.want || len(res.GetHandle()) > 0 != c.handle {
				t.Errorf("%v, %v; want %v", res, err, c.want)
			}
		})
	}
}

func TestWhatADeploymentMustSet(t *testing.T) {
	const want = "signing key"
	source := strings.Replace(byNumber, "patient: number", "patient: number\n  assertion: {audience: 'urn:x', lifetime: 5m}", 1)
	if a, err := newRegion(t, source, &service{t: t}); err == nil || a != nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want one that names the %s", err, want)
	}
}
