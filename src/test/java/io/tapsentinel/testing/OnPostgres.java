package io.tapsentinel.testing;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Runs a test class and its nested classes on PostgreSQL. */
public final class OnPostgres implements BeforeAllCallback, AfterAllCallback {

    private static final Namespace OURS = Namespace.create(OnPostgres.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        String before = System.setProperty(TestDatabase.OPTION, TestDatabase.POSTGRESQL);
        context.getStore(OURS).put(context.getUniqueId(), before == null ? "" : before);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        System.setProperty(TestDatabase.OPTION, context.getStore(OURS).get(context.getUniqueId(), String.class));
        TestDatabase.dropAll();
    }
}
