package redis

import (
	"encoding/base64"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// keys of a patient. What stands in braces decides the slot in a Cluster, so both are
// in the same.
func (s *Store) keys(patient cache.PatientKey) (epoch, values string) {
	tag := make([]byte, 0, len(s.prefix)+len(":{}:")+base64.RawURLEncoding.EncodedLen(len(patient)))
	tag = append(append(tag, s.prefix...), ":{"...)
	tag = append(base64.RawURLEncoding.AppendEncode(tag, patient[:]), "}:"...)
	stem := string(tag)
	return stem + "e", stem + "r"
}
