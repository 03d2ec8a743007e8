package smart

import (
	"encoding/json"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
)

// configuration is the document that tells where tokens are got (SMART App Launch 2, section "Conformance").
func configuration(clients *oauth.Assertions, scope string) fault.Reply {
	body, err := json.Marshal(map[string]any{
		"token_endpoint": clients.Audience, "grant_types_supported": []string{"client_credentials"},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS384", "ES384"},
		"scopes_supported":                                 []string{scope},
		"capabilities":                                     []string{"client-confidential-asymmetric", "permission-v1", "permission-v2"},
		"code_challenge_methods_supported":                 []string{"S256"},
	})
	if err != nil {
		panic("smart: a map of strings is not JSON: " + err.Error())
	}
	return fault.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}
