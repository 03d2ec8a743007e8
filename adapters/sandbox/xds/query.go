package xds

import (
	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// The stored queries that are served (ITI TF-2, 3.18.4.1.2.3.7).
const (
	findDocuments = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
	getDocuments  = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
)

// request is a stored query that was understood so far.
type request struct {
	*community
	message *soap.Message
	query   *etree.Element
	// leaves says that whole entries are asked for, not references to them.
	leaves bool
	params parameters
}

// query answers ITI-18 and ITI-38.
func (c *community) query(m *soap.Message) (string, func(fault.Kind) fault.Reply) {
	r := &request{community: c, message: m, query: soap.Child(m.Payload, rimSpace, "AdhocQuery")}
	if wrong := r.read(); wrong != nil {
		return "", func(fault.Kind) fault.Reply { return r.reply(failure, nil, *wrong) }
	}
	found, number, wrong := r.run()
	return number, func(kind fault.Kind) fault.Reply {
		if wrong != nil {
			return r.reply(failure, nil, *wrong)
		}
		return r.respond(kind, found, number)
	}
}

// read checks what every stored query must bring.
func (r *request) read() *registryError {
	option := soap.Child(r.message.Payload, querySpace, "ResponseOption")
	if option == nil || r.query == nil {
		return &registryError{"XDSRegistryError", "a query has a ResponseOption and an AdhocQuery"}
	}
	switch option.SelectAttrValue("returnType", "") {
	case "LeafClass":
		r.leaves = true
	case "ObjectRef":
	default:
		return &registryError{"XDSRegistryError", "returnType is neither LeafClass nor ObjectRef"}
	}
	if home := r.query.SelectAttrValue("home", ""); home != "" && home != r.home() {
		return &registryError{"XDSUnknownCommunity", "home " + home + " is not this community"}
	}
	params, err := readParameters(r.query)
	if err != nil {
		return &registryError{"XDSRegistryError", err.Error()}
	}
	r.params = params
	return nil
}

func (r *request) run() ([]filed, string, *registryError) {
	switch r.query.SelectAttrValue("id", "") {
	case findDocuments:
		return r.findDocuments()
	case getDocuments:
		return r.getDocuments()
	default:
		return nil, "", &registryError{"XDSUnknownStoredQuery", "the query " + r.query.SelectAttrValue("id", "") + " is not known"}
	}
}

// respond gives what was found, wrong in the way of a content kind.
func (r *request) respond(kind fault.Kind, found []filed, number string) fault.Reply {
	broken := registryError{"XDSRegistryError", "simulated failure for patient " + number}
	switch kind {
	case fault.ErrorIn200:
		return r.reply(failure, nil, broken)
	case fault.PartialIn200:
		return r.reply(partialSuccess, found, registryError{"XDSUnavailableCommunity", broken.context})
	case fault.TooManyResults:
		if r.leaves && r.query.SelectAttrValue("id", "") == findDocuments {
			return r.reply(failure, nil, registryError{"XDSTooManyResults", "ask for references"})
		}
		return r.reply(success, found)
	case fault.WrongPatient:
		return r.reply(success, listed(r.people.other(r.people.byNumber[number])))
	default:
		return r.reply(success, found)
	}
}

func listed(folder *documents.Folder) []filed {
	var all []filed
	for i := range folder.Documents {
		all = append(all, filed{folder, &folder.Documents[i]})
	}
	return all
}

func (r *request) reply(status string, found []filed, errs ...registryError) fault.Reply {
	action := "urn:ihe:iti:2007:RegistryStoredQueryResponse"
	if r.HomeCommunity != "" {
		action = "urn:ihe:iti:2007:CrossGatewayQueryResponse"
	}
	return soap.Answer(action, r.message.ID, r.queryResponse(status, found, r.leaves, errs))
}
