package dev.tokencache.simulation;

import java.time.Duration;

/** What a bus needs of its node. */
interface BusHost {

    void becomeMaster();

    void follow(String masterId);

    /** Drops the keys of a slot that another master serves. */
    void lostSlot(int slot);

    /** Whether the slot is being moved here: then only the one who moves it assigns it. */
    boolean isImporting(int slot);

    /** Whether the node still reads its data: then it replies to others, but sends nothing on its own. */
    boolean isLoading();

    /** Holds the commands of clients during a manual failover. */
    void pauseClients();

    void resumeClients();

    /** The connection to another node's bus; the bus sends nothing else on it. */
    void send(SimulatedNetwork.Pipe pipe, String to, BusMessage message);

    /** Passes a published message to another node. */
    void publish(SimulatedNetwork.Pipe pipe, String to, String channel, String message);

    long offset();

    Duration dataAge();
}
