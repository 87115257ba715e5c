package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.TokenCredential;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One way to sign in to Azure.
 *
 * @param name       in words, for the log
 * @param absent     why there is none here; empty when it can be tried, which may take a second to find out
 * @param certain    whether its failure is the last word; else the next one is tried
 * @param credential makes a credential that has no token yet; asked only where nothing is absent
 */
record Identity(String name, Supplier<Optional<String>> absent, boolean certain, Supplier<TokenCredential> credential) {

    /** The same, and nothing else can be meant. */
    Identity alone() {
        return new Identity(name, absent, true, credential);
    }
}
