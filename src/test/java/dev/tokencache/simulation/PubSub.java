package dev.tokencache.simulation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The subscriptions of clients at one node. A message reaches those at other nodes through the cluster bus. */
final class PubSub {

    private record Subscriber(String channel, Consumer<Object> push) {}

    private final Map<Session, Subscriber> subscribers = new LinkedHashMap<>();
    private final BiConsumer<String, String> bus;

    /** @param bus passes a channel and a message to all other nodes */
    PubSub(BiConsumer<String, String> bus) {
        this.bus = bus;
    }

    /** {@code SUBSCRIBE} to one channel. */
    Object subscribe(Session session, String channel, Consumer<Object> push) {
        subscribers.put(session, new Subscriber(channel, push));
        return List.of("subscribe", channel, 1L);
    }

    boolean isSubscribed(Session session) {
        return subscribers.containsKey(session);
    }

    void closed(Session session) {
        subscribers.remove(session);
    }

    /** {@code PUBLISH}: returns how many clients of this node received the message. */
    long publish(String channel, String message) {
        bus.accept(channel, message);
        return deliver(channel, message);
    }

    /** Sends a message to the subscribers at this node. */
    long deliver(String channel, String message) {
        List<Subscriber> receivers = subscribers.values().stream()
                .filter(subscriber -> subscriber.channel.equals(channel))
                .toList();
        receivers.forEach(subscriber -> subscriber.push.accept(List.of("message", channel, message)));
        return receivers.size();
    }
}
