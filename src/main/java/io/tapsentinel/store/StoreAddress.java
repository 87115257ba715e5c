package io.tapsentinel.store;

import java.util.function.Supplier;

/**
 * Where the store lies, and who opens it.
 *
 * @param url         {@code jdbc:sqlite:} and a path, or {@code jdbc:postgresql:}; without user or password
 * @param user        of the database server; empty for a file
 * @param password    asked at every connection, so that a rotated one needs no restart
 * @param authorities PEM file of certificate authorities that the database server is trusted by, beside the
 *                    system's; empty for those alone
 */
public record StoreAddress(String url, String user, Supplier<String> password, String authorities) {

    private static final String POSTGRES = "jdbc:postgresql:";

    /** A file, which nobody has to log in to. */
    public static StoreAddress of(String url) {
        return new StoreAddress(url, "", () -> "", "");
    }

    /** Whether several programs may use it at the same time. */
    public boolean isShared() {
        return url.startsWith(POSTGRES);
    }

    /** The URL without its parameters. */
    @Override
    public String toString() {
        return url.split("\\?", 2)[0];
    }
}
