package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.TokenCredential;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One way to sign in to Azure.
 *
 * @param name       shown in the log
 * @param absent     why this identity is not available; empty if it can be tried. May take a second
 * @param certain    whether a failure is final; otherwise the next identity is tried
 * @param credential makes a credential without a token; called only if the identity is available
 */
record Identity(String name, Supplier<Optional<String>> absent, boolean certain, Supplier<TokenCredential> credential) {

    /** A copy whose failure is final. */
    Identity alone() {
        return new Identity(name, absent, true, credential);
    }
}
