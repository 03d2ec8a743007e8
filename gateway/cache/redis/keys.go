package redis

import (
	"encoding/base64"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// keys of a patient. What stands in braces decides the slot in a Cluster, so both are
// in the same.
func (s *Store) keys(patient cache.PatientKey) (epoch, values string) {
	tag := s.prefix + ":{" + base64.RawURLEncoding.EncodeToString(patient[:]) + "}:"
	return tag + "e", tag + "r"
}
