package contract

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Identifier carries a business identifier over.
func Identifier(i *model.Identifier) *lhcrv1.Identifier {
	if i == nil || (i.System == "" && i.Value == "") {
		return nil
	}
	return &lhcrv1.Identifier{System: i.System, Value: i.Value, Use: i.Use, Type: i.Type.Show()}
}

// Identifiers carries several over.
func Identifiers(list []model.Identifier) []*lhcrv1.Identifier {
	var out []*lhcrv1.Identifier
	for i := range list {
		if id := Identifier(&list[i]); id != nil {
			out = append(out, id)
		}
	}
	return out
}
