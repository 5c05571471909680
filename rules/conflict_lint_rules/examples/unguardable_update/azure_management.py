"""What Azure's resource manager replaces as a whole, through methods that have no parameter for a condition."""

from __future__ import annotations

from typing import Any

from azure.identity import DefaultAzureCredential
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.network.models import SecurityRule
from azure.mgmt.resource import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.web import WebSiteManagementClient
from azure.mgmt.web.models import StringDictionary


def allow(network: NetworkManagementClient, group: str, name: str, rule: SecurityRule) -> None:
    found = network.network_security_groups.get(group, name)
    found.security_rules.append(rule)
    network.network_security_groups.begin_create_or_update(group, name, found).result()  # bad: CL106


# good: guarded
def allow_unless_changed(network: NetworkManagementClient, group: str, name: str, rule: SecurityRule) -> None:
    found = network.network_security_groups.get(group, name)
    found.security_rules.append(rule)
    poller = network.network_security_groups.begin_create_or_update(
        group, name, found, headers={"If-Match": found.etag}
    )
    poller.result()


# good: guarded
def allow_with(network: NetworkManagementClient, group: str, name: str, rule: SecurityRule, **options: Any) -> None:
    found = network.network_security_groups.get(group, name)
    found.security_rules.append(rule)
    network.network_security_groups.begin_create_or_update(group, name, found, **options).result()


# good: declared whole
def allow_one(network: NetworkManagementClient, group: str, name: str, rule: SecurityRule) -> None:
    found = network.network_security_groups.get(group, name)
    if rule.name not in [known.name for known in found.security_rules]:
        network.security_rules.begin_create_or_update(group, name, rule.name, rule).result()


# good: another resource
def copy(network: NetworkManagementClient, group: str, name: str, other: str) -> None:
    found = network.network_security_groups.get(group, name)
    network.network_security_groups.begin_create_or_update(group, other, found).result()


def detach(client: Any, group: str, name: str, address: str) -> None:
    card = client.network_interfaces.get(group, name)
    for configuration in card.ip_configurations:
        if configuration.public_ip_address and configuration.public_ip_address.id == address:
            configuration.public_ip_address = None
    client.network_interfaces.begin_create_or_update(group, name, card).result()  # bad: CL106


class Settings:
    def __init__(self, subscription: str, group: str) -> None:
        self.web = WebSiteManagementClient(DefaultAzureCredential(), subscription)
        self.group = group

    def set(self, app: str, name: str, value: str) -> None:
        found = self.web.web_apps.list_application_settings(self.group, app)
        properties = dict(found.properties)
        properties[name] = value
        settings = StringDictionary(properties=properties)
        self.web.web_apps.update_application_settings(self.group, app, settings)  # bad: CL106

    # good: declared whole
    def replace(self, app: str, values: dict[str, str]) -> None:
        found = self.web.web_apps.list_application_settings(self.group, app)
        if found.properties != values:
            self.web.web_apps.update_application_settings(self.group, app, StringDictionary(properties=values))


def tag(subscription: str, group: str, key: str, value: str) -> None:
    groups = ResourceManagementClient(DefaultAzureCredential(), subscription).resource_groups
    found = groups.get(group)
    tags = found.tags or {}
    tags[key] = value
    groups.create_or_update(group, {"location": found.location, "tags": tags})  # bad: CL106


def allow_address(subscription: str, group: str, account: str, rule: dict[str, str]) -> None:
    accounts = StorageManagementClient(DefaultAzureCredential(), subscription).storage_accounts
    rules = accounts.get_properties(group, account).network_rule_set
    rules.ip_rules.append(rule)
    accounts.update(group, account, {"network_rule_set": rules})  # bad: CL106


# good: compared only
def let_read(subscription: str, group: str, vault: str, policy: dict[str, Any]) -> None:
    vaults = KeyVaultManagementClient(DefaultAzureCredential(), subscription).vaults
    if vaults.get(group, vault).properties.enable_rbac_authorization:
        return
    vaults.update_access_policy(group, vault, "add", {"properties": {"access_policies": [policy]}})
