package redis

import (
	"context"
	"errors"
	"io"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// makeScript gives the epoch KEYS[1], and where there is none makes it ARGV[1], for
// ARGV[2] ms. Without its epoch nothing in the hash KEYS[2] can be used any more. It
// sets first, so that a Redis that is full refuses.
const makeScript = `
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' and #held == #ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('UNLINK', KEYS[2])
return ARGV[1]`

// beyond is how much longer than anything else an epoch lives.
const beyond = time.Hour

// Read gives the patient's epoch and the values of the fields, nil where there is
// none. The values are the caller's to change. A patient without an epoch gets one.
func (s *Store) Read(ctx context.Context, patient cache.PatientKey, fields []cache.FieldKey) (cache.Epoch, [][]byte, error) {
	epochKey, valuesKey := s.keys(patient)
	pipe := s.client.Pipeline()
	held := pipe.Get(ctx, epochKey)
	var found *goredis.SliceCmd
	if len(fields) > 0 {
		found = pipe.HMGet(ctx, valuesKey, names(fields)...)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	epoch, ok, err := epochOf(held.Result())
	if err != nil {
		return cache.Epoch{}, nil, s.failed("read", err)
	}
	values := make([][]byte, len(fields))
	if !ok {
		epoch, err = s.makeEpoch(ctx, epochKey, valuesKey)
	} else if found != nil {
		err = take(values, found)
	}
	if err != nil {
		return cache.Epoch{}, nil, s.failed("read", err)
	}
	return epoch, values, nil
}

func names(fields []cache.FieldKey) []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = string(fields[i][:])
	}
	return out
}

// epochOf is false where there is none, or something else in its place.
func epochOf(token string, err error) (epoch cache.Epoch, ok bool, _ error) {
	switch {
	case errors.Is(err, goredis.Nil), isWrongType(err):
		return epoch, false, nil
	case err != nil:
		return epoch, false, err
	}
	copy(epoch[:], token)
	return epoch, len(token) == len(epoch), nil
}

// take fills in the values that were found. Something else in the place of the hash
// is an empty one.
func take(values [][]byte, found *goredis.SliceCmd) error {
	held, err := found.Result()
	if isWrongType(err) {
		return nil
	}
	for i, v := range held {
		if text, ok := v.(string); ok && i < len(values) && len(text) <= cache.MaxValueBytes {
			values[i] = []byte(text)
		}
	}
	return err
}

// makeEpoch gives the patient an epoch, or the one that another gateway gave first.
func (s *Store) makeEpoch(ctx context.Context, epochKey, valuesKey string) (cache.Epoch, error) {
	var fresh cache.Epoch
	if _, err := io.ReadFull(s.random, fresh[:]); err != nil {
		return cache.Epoch{}, err
	}
	token, err := s.make.Run(ctx, s.client, []string{epochKey, valuesKey}, fresh[:], milliseconds(s.longest+beyond)).Text()
	if err != nil {
		return cache.Epoch{}, err
	}
	epoch, ok, err := epochOf(token, nil)
	if !ok {
		return cache.Epoch{}, errNotAnEpoch
	}
	return epoch, err
}

var errNotAnEpoch = errors.New("what came is no epoch")

// milliseconds are never 0, which Redis takes for "now" or refuses.
func milliseconds(d time.Duration) int64 { return max(d.Milliseconds(), 1) }
