package dev.tokencache.store.redis;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationChannel;
import java.time.Clock;
import java.util.Arrays;

/** The last arguments of a script that publishes the revocations it makes; none if publishing is off. */
final class RevocationNotices {

    private final RevocationChannel channel;
    private final boolean isOn;
    private final Clock clock;

    RevocationNotices(RedisStoreSettings settings, Clock clock) {
        this.channel = new RevocationChannel(settings.keyPrefix(), settings.seal());
        this.isOn = settings.publishesRevocations();
        this.clock = clock;
    }

    /** Appends the channel and the message to the arguments of a script. */
    byte[][] with(Revocation revocation, byte[]... arguments) {
        if (!isOn) {
            return arguments;
        }
        byte[][] extended = Arrays.copyOf(arguments, arguments.length + 2);
        extended[arguments.length] = channel.bytes();
        extended[arguments.length + 1] = channel.message(revocation, clock.millis());
        return extended;
    }

    /** Appends the channel to the arguments of a script that finds out itself what it revokes. */
    byte[][] withChannel(byte[]... arguments) {
        if (!isOn) {
            return arguments;
        }
        byte[][] extended = Arrays.copyOf(arguments, arguments.length + 1);
        extended[arguments.length] = channel.bytes();
        return extended;
    }
}
