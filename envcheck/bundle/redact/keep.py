"""Words that are never a person or a machine, whatever a host is called or who works on it.

A host named `docker`, or a user `centos` as the images of clouds have, must not turn
`docker.service` or `CentOS Linux` into something else: a verdict would change. Such names
are replaced only where the text says that a name stands there.
"""

from __future__ import annotations

ACCOUNTS = frozenset(
    b"root daemon bin sys sync games man lp mail news uucp proxy www-data www backup list irc gnats "
    b"nobody adm shutdown halt operator ftp apache nginx mysql mariadb redis postgres mongodb etcd "
    b"kube ntp chrony sshd dbus messagebus polkitd polkit postfix rpc rpcuser nfsnobody tss abrt "
    b"libstoragemgmt systemd systemd-network systemd-resolve systemd-timesync systemd-coredump "
    b"systemd-bus-proxy syslog uuidd lxd libvirt libvirt-qemu qemu kvm dnsmasq tcpdump avahi colord "
    b"gdm lightdm pulse rtkit saslauth docker dockremap containerd nvidia-persistenced sudo wheel "
    b"admin administrator users user guest shared public anonymous none null unknown system_u "
    b"unconfined_u system tomcat jenkins gitlab-runner baidu work "
    b"private idl-face facesvc idl face odp".split()
)
"""Accounts of systems and of the product: in its paths they stand for no person."""

WORDS = ACCOUNTS | frozenset(
    b"localhost localhost4 localhost6 localdomain host hosts hostname node name server client master "
    b"worker slave linux gnu kernel centos redhat rhel fedora ubuntu debian suse sles opensuse oracle "
    b"rocky alma almalinux anolis alinux kylin uos euler openeuler cloudlinux scientific stream "
    b"release version vm vmware virtualbox xen hyper-v microsoft amazon aliyun google tencent qemu "
    b"bochs physical container nvidia nouveau tesla geforce quadro grid gpu cuda nvml intel amd xeon "
    b"cpu memory mem disk disks network net eth0 ens33 bond0 br0 lo tcp tcp6 udp udp6 selinux "
    b"enforcing permissive disabled enabled overlay overlay2 devicemapper aufs btrfs xfs ext4 zfs vfs "
    b"storage driver engine running stopped active inactive absent present yes no true false on off ok "
    b"error fail failed pass warning info debug license licence auth security private cloud offline "
    b"start stop restart status service services cluster default test python python2 python3 gcc glibc "
    b"libc tar unzip bash sh dev proc run etc usr lib var opt srv tmp boot mnt media home data log "
    b"logs conf config package packages install installer original module modules image images port "
    b"ports listen state tree record envcheck sos sosreport report manifest answers path file files "
    b"type size free total used model vendor product board bios uefi dmi pci usb sata nvme scsi raid "
    b"virtio wired wireless up down link global scope inet inet6 ether dynamic static any all from for "
    b"to by is in of as at the and or not with mode current physical-machine api app apps web db sql "
    b"http https ssh ready notready schedulingdisabled kubernetes kubectl kubelet kube-system baiduface "
    b"odp-svc mysqld license_server".split()
)
"""What host and user names are never replaced for outside of a place that says what stands there."""

MIN_LENGTH = 3
"""Shorter names are too often part of something else."""


def is_common(word: bytes) -> bool:
    """Whether the word, as a name, is only to be replaced where a name must stand."""
    lower = word.lower()
    return len(lower) < MIN_LENGTH or lower in WORDS or lower.isdigit()
