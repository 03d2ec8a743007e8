package access

import (
	"crypto/sha256"
	"sync"

	"github.com/go-jose/go-jose/v4/jwt"
)

// defaultKept is how many tokens are kept unless configured: about 1 KiB each.
const defaultKept = 4096

// kept are tokens whose signature was checked, so that it is checked once and not
// with each call. They go by their digest, so that no token lies about in memory.
//
// Two generations bound them: when the young one is full it becomes the old one, and
// what nobody used since is gone with the next turn. It is safe for concurrent use.
type kept struct {
	most int

	mu         sync.Mutex
	young, old map[digest]*opened
}

type digest [sha256.Size]byte

// opened is what a token says, once its signature was checked by one of keys. It
// holds for as long as those are the issuer's keys; its times are checked at each use.
type opened struct {
	keys       *keySet
	registered jwt.Claims
	identity   Identity
}

func newKept(most int) *kept {
	switch {
	case most < 0:
		return &kept{}
	case most == 0:
		most = defaultKept
	}
	return &kept{most: max(1, most/2), young: map[digest]*opened{}}
}

// get is what is kept of a token under these keys, or nil.
func (k *kept) get(token digest, keys *keySet) *opened {
	k.mu.Lock()
	defer k.mu.Unlock()
	o, ok := k.young[token]
	if !ok {
		if o, ok = k.old[token]; ok && o.keys == keys {
			k.add(token, o)
		}
	}
	if !ok || o.keys != keys {
		return nil
	}
	return o
}

func (k *kept) put(token digest, o *opened) {
	if k.most == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.add(token, o)
}

func (k *kept) add(token digest, o *opened) {
	if len(k.young) >= k.most {
		k.young, k.old = map[digest]*opened{}, k.young
	}
	k.young[token] = o
}

// forget drops everything.
func (k *kept) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.old = nil
	clear(k.young)
}
