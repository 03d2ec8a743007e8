package scr

import (
	"context"
	"encoding/json"

	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// parameters are FHIR's Parameters of $setPermission.
type parameters struct {
	ResourceType string      `json:"resourceType"`
	Parameter    []parameter `json:"parameter"`
}

type parameter struct {
	Name        string      `json:"name"`
	Part        []parameter `json:"part,omitempty"`
	ValueString string      `json:"valueString,omitempty"`
	ValueCoding *setting    `json:"valueCoding,omitempty"`
}

type setting struct {
	System string `json:"system"`
	Code   string `json:"code"`
}

// Contribute sets the patient's lasting permission to view the record ($setPermission): the
// only thing that is written here. The contribution is one statement of the legal
// information section whose code is the permission: Yes, No or Ask of
// https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission. Setting it twice is setting it once;
// the receipt is what was set. Anything else is INVALID_ARGUMENT and nothing is written.
func (a *adapter) Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	number, code := req.GetPatient().GetNhsNumber(), permissionOf(req.GetRecord())
	if number == "" || code == "" {
		return nil, status.Error(codes.InvalidArgument,
			"want a patient and, as the whole record, one statement of legal_information whose code is Yes, No or Ask of SCR-ACSPermission")
	}
	body, err := json.Marshal(permissionFor(number, code))
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, "the permission cannot be written")
	}
	t, failure := a.talk(req.GetCaller(), req.GetPatient())
	if failure != nil {
		return nil, failure
	}
	inner, cancel := a.service.Deadline(ctx)
	defer cancel()
	failure = t.Post(inner, "$setPermission", body)
	switch {
	case ctx.Err() != nil:
		return nil, transport.Failure(ctx, ctx.Err())
	case failure != nil:
		return nil, failure
	}
	return &adapterv1.ContributeResponse{Receipt: "permission " + code}, nil
}

// permissionOf is the permission that a contribution sets. Empty where it is anything else.
func permissionOf(record *lhcrv1.Record) string {
	statements := record.GetLegalInformation()
	if len(statements) != 1 {
		return ""
	}
	rest := proto.CloneOf(record)
	rest.LegalInformation = nil
	found := statements[0].GetCode().GetCodings()
	if proto.Size(rest) > 0 || len(found) != 1 || found[0].GetSystem() != permissionSystem || !isPermission(found[0].GetCode()) {
		return ""
	}
	return found[0].GetCode()
}

func permissionFor(number, code string) parameters {
	return parameters{ResourceType: "Parameters", Parameter: []parameter{{Name: "setPermissions", Part: []parameter{
		{Name: "nhsNumber", ValueString: number},
		{Name: "permissionCode", ValueCoding: &setting{permissionSystem, code}},
	}}}}
}
