package dev.tokencache.endtoend;

import dev.tokencache.endtoend.Sessions.Session;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.cluster.RespClient;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The old program, which stores its sessions in an old Redis. */
final class OtherProgram {

    /** The origin of its sessions. */
    static final String ORIGIN = "there before";

    private static final int PIPELINED = 1000;
    private static final String TTL = "7200";

    private OtherProgram() {}

    /** Writes sessions, two for each person, and one key that is not a session. */
    static List<Session> logIn(OldRedis old, String format, int count) {
        List<Session> sessions = new ArrayList<>();
        try (RespClient client = old.connect()) {
            // With an fsync per write this would take a minute.
            client.send("CONFIG", "SET", "appendfsync", "everysec");
            client.send("SET", "cart:of-somebody", "x");
            int unread = 0;
            for (int i = 0; i < count; i++) {
                Session session = new Session("session-" + UUID.randomUUID(), "person-" + i / 2, ORIGIN);
                sessions.add(session);
                unread += write(client, format, session, i);
                if (unread >= PIPELINED || i == count - 1) {
                    for (; unread > 0; unread--) {
                        client.read();
                    }
                }
            }
            client.send("CONFIG", "SET", "appendfsync", "always");
        }
        return sessions;
    }

    /** Writes the commands for one session and returns the number of replies to expect. */
    private static int write(RespClient client, String format, Session session, int i) {
        String key = "sess:" + session.token();
        switch (format) {
            case "json" -> client.write("SET", key, json(session, i), "EX", TTL);
            case "string" -> client.write("SET", key, session.sub(), "EX", TTL);
            case "hash" -> {
                client.write("HSET", key, "sub", session.sub(), "visits", Integer.toString(i));
                client.write("EXPIRE", key, TTL);
                return 2;
            }
            default -> throw new IllegalArgumentException(format);
        }
        return 1;
    }

    private static String json(Session session, int i) {
        return "{\"sub\":\"" + session.sub() + "\",\"csrf\":\"x\",\"visits\":" + i + "}";
    }
}
