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
	found := s.ask(ctx, pipe, valuesKey, fields)
	_, _ = pipe.Exec(ctx) // each command has its own error
	epoch, ok, err := epochOf(held.Result())
	if err != nil {
		return cache.Epoch{}, nil, s.failed("read", err)
	}
	values := make([][]byte, len(fields))
	if !ok {
		epoch, err = s.makeEpoch(ctx, epochKey, valuesKey)
	} else if len(fields) > 0 {
		values, err = found()
	}
	if err != nil {
		return cache.Epoch{}, nil, s.failed("read", err)
	}
	return epoch, values, nil
}

// ask puts the question for the values into a pipeline, and gives what takes the
// answer. In a Cluster the library must see the answer itself, for it may say which
// node to ask; and it asks another node only where no part of the answer was given on.
func (s *Store) ask(ctx context.Context, pipe goredis.Pipeliner, key string, fields []cache.FieldKey) func() ([][]byte, error) {
	if len(fields) == 0 {
		return nil
	}
	if _, ok := s.client.(*goredis.ClusterClient); ok {
		c := pipe.HMGet(ctx, key, names(fields)...)
		return func() ([][]byte, error) { return take(c, len(fields)) }
	}
	r := askRaw(ctx, pipe, key, fields)
	return func() ([][]byte, error) {
		values, ok, err := r.result()
		if ok || err != nil {
			return values, err
		}
		// It is an error, most likely: the library knows which.
		return take(s.client.HMGet(ctx, key, names(fields)...), len(fields))
	}
}

// names are cut from one text.
func names(fields []cache.FieldKey) []string {
	const size = len(cache.FieldKey{})
	all := make([]byte, 0, len(fields)*size)
	for i := range fields {
		all = append(all, fields[i][:]...)
	}
	text, out := string(all), make([]string, len(fields))
	for i := range out {
		out[i] = text[i*size : (i+1)*size]
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

// take gives so many values, nil where none was found. Something else in the place of
// the hash is an empty one.
func take(found *goredis.SliceCmd, count int) ([][]byte, error) {
	values := make([][]byte, count)
	held, err := found.Result()
	if isWrongType(err) {
		return values, nil
	}
	for i, v := range held {
		if text, ok := v.(string); ok && i < count && len(text) <= cache.MaxValueBytes {
			values[i] = []byte(text)
		}
	}
	return values, err
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
