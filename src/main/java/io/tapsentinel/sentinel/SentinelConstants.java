package io.tapsentinel.sentinel;

import org.apache.camel.spi.Metadata;

/** Headers set on the exchange of an acknowledged record. */
public final class SentinelConstants {

    @Metadata(description = "Name of the table that accepted the record.", javaType = "String")
    public static final String TABLE = "CamelSentinelTable";

    private SentinelConstants() {}
}
