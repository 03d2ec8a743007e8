package lancashiresouthcumbria_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
)

func TestPatientIndexTellsWhatItKnows(t *testing.T) {
	d := started(t)
	own := lancashiresouthcumbria.Authority
	for name, test := range map[string]struct {
		root, extension, domain   string
		acknowledgement, response string
		ids                       int
	}{
		"known":                 {nhs, margaret, own, "AA", "OK", 1},
		"known in every domain": {nhs, margaret, "", "AA", "OK", 2},
		"known, no documents":   {nhs, "9990003386", own, "AA", "OK", 1},
		"never seen here":       {nhs, "9990002576", own, "AA", "NF", 0},
		"unknown":               {nhs, "9990002738", own, "AE", "AE", 0},
		"unknown authority":     {"2.999.404", "1", own, "AE", "AE", 0},
		"unknown target":        {nhs, margaret, "2.999.404", "AE", "AE", 0},
	} {
		answer := d.Must(t, d.Call(d.Access.Addresses["pix"], pixAction, iheprobe.PIXQuery(test.root, test.extension, test.domain)))
		if answer.Body == nil || answer.Body.Tag != "PRPA_IN201310UV02" {
			t.Errorf("%s: %s", name, answer.XML)
			continue
		}
		ids := answer.Body.FindElements("./controlActProcess/subject/registrationEvent/subject1/patient/id")
		if answer.Find("acknowledgement/typeCode", "code") != test.acknowledgement ||
			answer.Find("queryAck/queryResponseCode", "code") != test.response || len(ids) != test.ids {
			t.Errorf("%s, want %s %s and %d ids: %s", name, test.acknowledgement, test.response, test.ids, answer.XML)
		}
	}
}
