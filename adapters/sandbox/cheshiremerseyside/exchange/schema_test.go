package exchange_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/cheshiremerseyside/exchange"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
)

func TestAnswersAreOfThePublishedSchemas(t *testing.T) {
	g := started(t)
	for schema, answer := range map[string]iheprobe.Answer{
		"query.xsd":                    g.query(iheprobe.FindDocuments(dennis+"^^^&"+nhs+"&ISO", "LeafClass")),
		"XDS.b_DocumentRepository.xsd": g.retrieve(iheprobe.Retrieve(home, exchange.Repository, "2.999.8.3.1001", "2.999.404")),
	} {
		iheprobe.Validate(t, schema, answer)
	}
}
