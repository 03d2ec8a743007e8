package redis

// ACL are the rules of the user that the gateway needs at the server, in the words of
// ACL SETUSER, for keys that begin with the prefix. The user can read, write and drop
// what is kept, nothing else: it sees no other key, lists none and changes no setting.
//
//		ACL SETUSER lhcr reset on #<SHA-256 of the password> <ACL("lhcr")>
//
//	  - get hmget: a read. eval evalsha set hset hlen unlink pttl pexpire: the scripts, and
//	    what they call.
//	  - wait: a purge that waits for replicas (purge_replicas).
//	  - ping: health. client|setname select: a new connection.
//	  - cluster|slots asking: a Cluster.
func ACL(prefix string) string {
	return "resetkeys ~" + prefix + ":{*}:e ~" + prefix + ":{*}:r resetchannels" +
		" -@all +get +hmget +eval +evalsha +set +hset +hlen +unlink +pttl +pexpire +wait" +
		" +ping +client|setname +select +cluster|slots +asking"
}

// SentinelACL are the rules of the user that the gateway needs at the Sentinels, in
// the words of ACL SETUSER: it asks where the primary is, and listens for changes.
const SentinelACL = "resetkeys resetchannels &+switch-master &+replica-reconf-done" +
	" -@all +sentinel|get-master-addr-by-name +sentinel|sentinels +subscribe +ping +client|setname"
