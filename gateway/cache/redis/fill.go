package redis

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// fillScript keeps the fields and values ARGV[5…] in the hash KEYS[2], unless the
// epoch KEYS[1] is not ARGV[1] any more. The hash then lives for at least ARGV[2] ms
// from now, the epoch for at least ARGV[3] ms. Neither is ever cut short. A hash that
// would have more than ARGV[4] fields starts anew, as does what is no hash.
const fillScript = `
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local has = redis.pcall('HLEN', KEYS[2])
if type(has) ~= 'number' or has + (#ARGV - 4) / 2 > tonumber(ARGV[4]) then redis.call('UNLINK', KEYS[2]) end
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
for i = 1, 2 do
  local at_least = ARGV[4 - i]
  if redis.call('PTTL', KEYS[i]) < tonumber(at_least) then redis.call('PEXPIRE', KEYS[i], at_least) end
end
return 1`

// maxFields bounds the hash of a patient: what nobody reads any more stays in it until
// it expires.
const maxFields = 4096

// Fill keeps the values for at least so long, if the epoch is still the patient's. It
// is false where it is not. A value over cache.MaxValueBytes is left out.
func (s *Store) Fill(ctx context.Context, patient cache.PatientKey, epoch cache.Epoch, cells []cache.Cell, keep time.Duration) (bool, error) {
	epochKey, valuesKey := s.keys(patient)
	args := []any{epoch[:], milliseconds(keep), milliseconds(max(s.longest, keep) + beyond), maxFields}
	for i := range cells {
		if len(cells[i].Value) <= cache.MaxValueBytes {
			args = append(args, cells[i].Field[:], cells[i].Value)
		}
	}
	kept, err := s.fill.Run(ctx, s.client, []string{epochKey, valuesKey}, args...).Bool()
	return kept, s.failed("fill", err)
}
