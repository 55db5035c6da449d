package dev.tokencache.operator.instances;

/** How many validations an instance has answered per second lately, and how many of them were unknown. */
public record Load(double perSecond, double unknownPerSecond) {

    public static final Load NONE = new Load(0, 0);
}
