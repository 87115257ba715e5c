package io.tapsentinel.store;

import java.util.function.Supplier;

/**
 * Location and credentials of the store.
 *
 * @param url         {@code jdbc:sqlite:} and a path, or {@code jdbc:postgresql:}; without user or password
 * @param user        of the database; empty for a file
 * @param password    read at every connect, so a rotated password needs no restart
 * @param authorities PEM file of additional certificate authorities for the database server; empty for none
 */
public record StoreAddress(String url, String user, Supplier<String> password, String authorities) {

    private static final String POSTGRES = "jdbc:postgresql:";

    /** The address of a file, without credentials. */
    public static StoreAddress of(String url) {
        return new StoreAddress(url, "", () -> "", "");
    }

    /** Whether several programs can use it at once. */
    public boolean isShared() {
        return url.startsWith(POSTGRES);
    }

    /** The URL without parameters. */
    @Override
    public String toString() {
        return url.split("\\?", 2)[0];
    }
}
