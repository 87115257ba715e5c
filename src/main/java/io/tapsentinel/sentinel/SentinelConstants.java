package io.tapsentinel.sentinel;

import org.apache.camel.spi.Metadata;

/** Headers that the producer sets on an exchange whose record was acknowledged. */
public final class SentinelConstants {

    @Metadata(description = "Name of the table that took the record.", javaType = "String")
    public static final String TABLE = "CamelSentinelTable";

    private SentinelConstants() {}
}
