package dev.tokencache.store.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script with one key. It is called by its SHA-1 ({@code EVALSHA}). A node that does not know it yet receives the
 * source ({@code EVAL}) and then caches it.
 */
public final class Script {

    private static final byte[] ONE_KEY = {'1'};

    private final byte[] source;
    private final byte[] sha1;

    public Script(String source) {
        this.source = source.getBytes(StandardCharsets.UTF_8);
        this.sha1 = sha1(this.source).getBytes(StandardCharsets.US_ASCII);
    }

    Request bySha1(byte[] key, byte[]... arguments) {
        return request(Command.EVALSHA, sha1, key, arguments);
    }

    Request whole(byte[] key, byte[]... arguments) {
        return request(Command.EVAL, source, key, arguments);
    }

    private static Request request(Command command, byte[] script, byte[] key, byte[]... arguments) {
        Request request = Request.cmd(command).arg(script).arg(ONE_KEY).arg(key);
        for (byte[] argument : arguments) {
            request.arg(argument);
        }
        return request;
    }

    /** Redis identifies scripts by their SHA-1. This is not a security feature. */
    private static String sha1(byte[] source) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
