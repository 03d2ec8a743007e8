package lancashiresouthcumbria_test

import (
	"testing"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
)

func TestAnswersAreOfThePublishedSchemas(t *testing.T) {
	d := started(t)
	for _, number := range []string{margaret, "9990001847", "9990002657", "9990003386"} {
		id := d.patientID(number)
		for _, returnType := range []string{"LeafClass", "ObjectRef"} {
			iheprobe.Validate(t, "query.xsd", d.query(iheprobe.FindDocuments(id, returnType)))
		}
	}
	iheprobe.Validate(t, "query.xsd", d.query(iheprobe.FindDocuments("nobody^^^&2.999.7.1&ISO", "LeafClass")))
	for _, kind := range []fault.Kind{fault.ErrorIn200, fault.PartialIn200, fault.WrongPatient} {
		d.sys.Fault(fault.Fault{Kind: kind, ResourceType: "DocumentReference", Times: 1})
		iheprobe.Validate(t, "query.xsd", d.query(iheprobe.FindDocuments(d.patientID(margaret), "LeafClass")))
	}
	iheprobe.Validate(t, "XDS.b_DocumentRepository.xsd", d.retrieve("2.999.7.3.1001", "2.999.7.3.1003", "2.999.404"))
}

func TestWhatIsAskedByTheProbeIsOfThePublishedSchemas(t *testing.T) {
	for payload, schema := range map[string]string{
		iheprobe.FindDocuments("1^^^&2.999.7.1&ISO", "LeafClass"): "query.xsd",
		iheprobe.Retrieve("urn:oid:2.999", "2.999.1", "2.999.2"):  "XDS.b_DocumentRepository.xsd",
	} {
		doc := etree.NewDocument()
		if err := doc.ReadFromString(payload); err != nil {
			t.Fatal(err)
		}
		iheprobe.Validate(t, schema, iheprobe.Answer{Body: doc.Root()})
	}
}
